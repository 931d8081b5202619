"""Passwords are kept as slow hashes, and checked alike whoever was named."""

from threading import BoundedSemaphore

import pytest

from models.errors import BusyError, InputError
from scheduler.services import passwords
from scheduler.services.passwords import hash_password, matches


def test_a_password_matches_its_own_hash_only() -> None:
    kept = hash_password("seven wooden spoons", account="ann")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(kept, "seven wooden spoons")
    assert not matches(kept, "seven wooden spoon")
    assert not matches("no hash", "seven wooden spoons")


def test_the_same_password_is_kept_differently() -> None:
    assert hash_password("seven wooden spoons", account="a") != hash_password(
        "seven wooden spoons", account="b"
    )


def test_without_a_hash_nothing_matches_and_the_same_work_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    class Hasher:
        def hash(self, _password: str) -> str:
            return "dummy"

        def verify(self, kept: str, _password: str) -> bool:
            done.append(kept)
            return True

    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", Hasher())
    assert not matches(None, "anything at all")
    assert done == ["dummy"]
    passwords._nobody.cache_clear()


@pytest.mark.parametrize(
    ("password", "account"),
    [("elevenchars", "ann"), ("x" * 201, "ann"), ("the-scheduler1", "the-scheduler")],
)
def test_what_can_be_guessed_is_refused(password: str, account: str) -> None:
    with pytest.raises(InputError):
        hash_password(password, account=account)


def test_a_flood_of_passwords_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turns", BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.0)
    with passwords._turn(), pytest.raises(BusyError):
        matches(None, "anything at all")
    assert not matches("no hash", "anything at all")  # the turn was given back
