"""Acknowledgements and synchronisation in the order of the kernel: how they are read, and a few."""

import pytest

from benchmarks.faults import synced

STORE = "/x/store.sqlite"
ASKED = 'read(9<socket:[1]>, "POST /v1/cases/case-0000"..., 65536) = 300'
JOURNAL = f'pwrite64(7<{STORE}-journal>, "..."..., 4096, 512) = 4096'
JOURNAL_SYNCED = f"fdatasync(7<{STORE}-journal>) = 0"
PAGE = f'pwrite64(6<{STORE}>, "..."..., 4096, 8192) = 4096'
SYNCED = f"fdatasync(6<{STORE}>) = 0"
ANSWER = 'write(9<socket:[1]>, "HTTP/1.1 201 Created\\r\\ndat"..., 800) = 800'


def told(*calls: str) -> tuple[int, int, int]:
    found = synced.judged([f"100 {call}" for call in calls], STORE)
    return found.acknowledged, found.early, found.unguarded


def test_an_answer_after_the_last_page_was_synchronised_is_in_order() -> None:
    assert told(ASKED, JOURNAL, JOURNAL_SYNCED, PAGE, SYNCED, ANSWER) == (1, 0, 0)


@pytest.mark.parametrize(
    "calls",
    [
        (ASKED, JOURNAL, JOURNAL_SYNCED, PAGE, ANSWER, SYNCED),  # acknowledged, then committed
        (ASKED, JOURNAL, JOURNAL_SYNCED, PAGE, SYNCED, PAGE, ANSWER),  # not the last page
        (PAGE, SYNCED, ASKED, ANSWER),  # what was synchronised is of somebody before
    ],
)
def test_an_answer_before_is_too_early(calls: tuple[str, ...]) -> None:
    assert told(*calls) == (1, 1, 0)


def test_a_synchronisation_counts_when_it_has_ended() -> None:
    begun, ended = f"fdatasync(6<{STORE}> <unfinished ...>", "<... fdatasync resumed>) = 0"
    assert told(ASKED, PAGE, begun, ANSWER, ended) == (1, 1, 0)
    assert told(ASKED, PAGE, begun, ended, ANSWER) == (1, 0, 0)


def test_a_page_before_its_journal_is_synchronised_cannot_be_undone() -> None:
    assert told(ASKED, JOURNAL, PAGE, JOURNAL_SYNCED, SYNCED, ANSWER) == (1, 0, 1)


def test_the_service_answers_after_the_disk() -> None:
    try:
        sound = synced.run(3)
    except synced.CannotWatchError as error:
        pytest.skip(str(error))
    assert (sound.acknowledged, sound.early, sound.unguarded) == (6, 0, 0)
