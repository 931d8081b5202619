"""What patients read: sentences, times in their zone and language, nothing of the staff's."""

import pytest

from models.clinical.instructions import LINE_KEYS, InstructionLine, Section
from scheduler.pages.instruction_messages import MESSAGES, STOPPED_APPROVAL
from scheduler.pages.instruction_words import VALUE, SpokenSheet, spoken
from scheduler.pages.instructions_html import instructions_html
from scheduler.pages.language import LANGUAGES, language_for
from tests.unit.scheduler.pages.sheets import LINES, line, sheet


def said(*lines: InstructionLine, language: str = "en") -> list[str]:
    return [found.sentence.text for found in spoken(sheet(*lines, language=language)).lines]


def test_every_kind_of_line_has_words() -> None:
    assert set(MESSAGES) == {*LINE_KEYS, STOPPED_APPROVAL}


def test_the_last_words_of_a_key_need_neither_hours_nor_an_earliest_time() -> None:
    always = {"drug", "test", "when"}
    assert {v for words in MESSAGES.values() for v in VALUE.findall(words[-1])} <= always


def test_the_last_dose_is_told_with_weekday_date_and_time_of_its_own_offset() -> None:
    # Saturday is still on daylight time, the Monday of the procedure is not.
    words = "Last dose of apixaban: Saturday, October 31, 2026 at 08:00. After that, none before"
    assert said(LINES[0]) == [f"{words} the procedure."]


def test_the_same_in_spanish() -> None:
    words = "Última dosis de apixabán: sábado, 31 de octubre de 2026, 08:00\u00a0h."
    assert said(LINES[0], language="es") == [f"{words} Después, ninguna antes del procedimiento."]


def test_a_time_that_the_clock_shows_twice_names_its_zone() -> None:
    early = line(Section.DAY, "arrival", "2026-11-01T01:30:00-05:00")
    assert said(early) == ["Arrive on Sunday, November 1, 2026 at 01:30 CDT."]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("24", "Start apixaban again 24 hours after the procedure, not earlier."),
        ("1", "Start apixaban again 1 hour after the procedure, not earlier."),
        ("1.5", "Start apixaban again 1.5 hours after the procedure, not earlier."),
        ("0", "Start apixaban again after the procedure."),
    ],
)
def test_hours_are_counted(hours: str, words: str) -> None:
    assert said(line(Section.AFTER, "drug.restart", drug="apixaban", hours=hours)) == [words]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            line(Section.TESTS, "test.needed", test="platelets"),
            "Blood test: platelets. Have it done before the procedure.",
        ),
        (line(Section.DAY, "escort"), "A responsible adult must take you home."),
        (
            line(Section.TESTS, "pregnancy-test"),
            "A pregnancy test is needed before the procedure.",
        ),
        (line(Section.AFTER, "recovery"), "You are observed after the procedure."),
    ],
)
def test_what_is_not_known_is_not_said(given: InstructionLine, words: str) -> None:
    assert said(given) == [words]


def test_staff_wording_never_reaches_the_sheet() -> None:
    asked = [line(Section.OPEN, "open", what=f"ASA class {n} needs a review") for n in (3, 4)]
    assert said(*asked) == [
        "Your appointment is not final: something is still to be settled with us."
    ]


def test_nobody_is_told_not_to_stop_what_is_stopped() -> None:
    stopped, approval = LINES[2], LINES[-1]
    assert said(stopped, approval)[1] == (
        "Whoever prescribed warfarin must still agree that you do without it."
    )
    assert "Do not stop it before this is settled." in said(approval)[0]


def test_sections_without_lines_are_left_out() -> None:
    words = spoken(sheet(*LINES))
    assert [section.title for section in words.sections] == [
        "Your medicines",
        "Tests",
        "Eating and drinking",
        "On the day",
        "After the procedure",
        "Still to be settled",
    ]
    assert [s.name for s in spoken(sheet(LINES[5])).sections] == ["day"]


def test_names_are_translated_and_unknown_ones_kept() -> None:
    words = spoken(sheet(*LINES, language="es-MX"))
    assert words.procedure == "Vertebroplastia lumbar o sacra"
    assert words.lines[1].sentence.values["drug"] == "aspirina (ácido acetilsalicílico)"
    assert said(line(Section.MEDICINES, "drug.ask", drug="novelumab"), language="es") == [
        "Pregúntenos si debe suspender novelumab y cuándo. No lo suspenda sin preguntar."
    ]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-US", "en"), ("es_MX", "es"), ("ES", "es"), ("fr", "en")],
)
def test_the_language_of_a_sheet(tag: str, language: str) -> None:
    assert language_for(tag) == language
    assert f'<html lang="{language}">' in instructions_html(sheet(language=tag), site="Riverside")


def test_the_clock_is_explained_and_the_zone_named() -> None:
    assert spoken(sheet()).clock_note.text == (
        "All times are on the 24-hour clock, Central Time (America/Chicago)."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_to_call_is_always_said(language: str) -> None:
    words = spoken(sheet(language=language, site_lines=()))
    assert words.contact_title
    assert len(words.contact_lines) == 1
    assert spoken(sheet(language=language)).contact_lines == ("555-0100",)


def page(language: str) -> tuple[SpokenSheet, str]:
    given = sheet(*LINES, language=language, site_lines=("Ask for <Ana> & Co",))
    return spoken(given), instructions_html(given, site="Riverside")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_line_and_nothing_foreign(language: str) -> None:
    words, html = page(language)
    assert all(str(found.sentence.html) in html for found in words.lines)
    assert "Ask for &lt;Ana&gt; &amp; Co" in html
    assert "<script" not in html
    assert "http" not in html
    assert html.index(words.title) < html.index(words.sections[0].title)


def test_values_are_emphasised_and_escaped() -> None:
    odd = spoken(sheet(line(Section.MEDICINES, "drug.ask", drug="<b>"))).lines[0]
    assert "<strong>&lt;b&gt;</strong>" in odd.sentence.html
    assert "whether and when to stop <b>." in odd.sentence.text
