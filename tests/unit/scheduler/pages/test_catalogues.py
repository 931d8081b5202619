"""Every message of the patients' pages stands in every catalogue, translated, with its values."""

import re
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import checkers

from models.catalogue import shipped_catalogue
from models.clinical.shipped import shipped_policy
from scheduler.locale.update import (
    HERE,
    catalogue_path,
    read_catalogue,
    refreshed,
    rendered,
    template,
)
from scheduler.pages.language import LANGUAGES, translations

VALUES = re.compile(r"%\(\w+\)s")
Key = tuple[str | None, tuple[str, ...]]


def texts(given: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (given or "",) if isinstance(given, str | None) else tuple(given)


def messages(catalog: Catalog) -> dict[Key, Message]:
    return {(m.context, texts(m.id)): m for m in catalog if m.id}


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return template()


@pytest.fixture(scope="module", params=LANGUAGES)
def kept(request: pytest.FixtureRequest) -> Catalog:
    return read_catalogue(request.param)


def test_the_catalogue_has_every_message_and_no_other(wanted: Catalog, kept: Catalog) -> None:
    assert set(messages(kept)) == set(messages(wanted))


def test_every_message_is_translated_in_each_plural(kept: Catalog) -> None:
    for key, message in messages(kept).items():
        forms = texts(message.string)
        assert all(form.strip() for form in forms), key
        assert len(forms) == (kept.num_plurals if message.pluralizable else 1), key


def test_no_translation_is_a_guess(kept: Catalog) -> None:
    assert [m.id for m in kept if m.fuzzy and m.id] == []


def test_translations_have_the_same_values(kept: Catalog) -> None:
    for key, message in messages(kept).items():
        asked = set(VALUES.findall(" ".join(texts(message.id))))
        for form in texts(message.string):
            assert set(VALUES.findall(form)) == asked, key
            assert form.replace("%(", "").count("%") == 0, key


def test_the_tools_of_translators_find_no_fault(kept: Catalog) -> None:
    for message in messages(kept).values():
        for check in checkers:
            check(kept, message)


def test_sentences_are_not_left_in_english(wanted: Catalog) -> None:
    spanish = messages(read_catalogue("es"))
    for (context, ids), message in spanish.items():
        if context is None:
            assert texts(message.string) != ids


def test_drugs_tests_and_procedures_that_a_sheet_can_name_are_messages(wanted: Catalog) -> None:
    found = set(messages(wanted))
    assert {("procedure", (p.label,)) for p in shipped_catalogue().procedures} <= found
    holds = shipped_policy("SIR2019-high").holds
    assert {("drug", (row.drug,)) for row in holds} <= found
    assert ("test", ("platelets",)) in found


def test_the_messages_of_the_templates_come_from_the_catalogue() -> None:
    source = files("scheduler.pages").joinpath("templates", "instructions.html.j2")
    text = source.read_text(encoding="utf-8")
    text = re.sub(
        r"\{#.*?#\}|\{[{%].*?[%}]\}|<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL
    )
    assert re.findall(r"\w+", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_compiled_from_what_is_installed(language: str) -> None:
    hours = translations(language).ngettext("%(figure)s hour", "%(figure)s hours", 24)
    assert hours == {"en": "%(figure)s hours", "es": "%(figure)s horas"}[language]


def test_the_kept_files_are_what_an_update_writes(wanted: Catalog) -> None:
    assert (HERE / "holdfast.pot").read_text(encoding="utf-8") == rendered(wanted)
    for language in LANGUAGES:
        kept = catalogue_path(language).read_text(encoding="utf-8")
        assert kept == rendered(refreshed(language, wanted))


def test_a_new_message_is_english_at_once_and_missing_elsewhere(wanted: Catalog) -> None:
    more = template()
    more.add("Bring your glasses.")
    assert messages(refreshed("en", more))[None, ("Bring your glasses.",)].string
    assert not messages(refreshed("es", more))[None, ("Bring your glasses.",)].string
    assert (None, ("Bring your glasses.",)) not in messages(refreshed("es", wanted))
