"""Refresh the message catalogues from what the pages can say: `python -m scheduler.locale.update`.

Messages are the marked texts of `scheduler.pages`; drugs, tests and procedures come from the
shipped policies and the catalogue, so that a new drug is a missing translation. New messages of the
English catalogue are filled with the message itself.
"""

from collections.abc import Iterator
from copy import deepcopy
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from models.catalogue import shipped_catalogue
from models.clinical.shipped import shipped_policy, shipped_policy_names
from scheduler.pages.language import DOMAIN, LANGUAGES

HERE = Path(__file__).parent
KEYWORDS = {"N_": None, "gettext": None, "ngettext": (1, 2)}
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: holdfast\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
SILENT = "common-no-hold"  # lists drugs that a sheet never names


def template() -> Catalog:
    """Every message that the pages for patients can say."""
    catalog = Catalog(project=DOMAIN, charset="utf-8")
    for source in sorted(files("scheduler.pages").iterdir(), key=lambda item: item.name):
        if source.name.endswith(".py"):
            _add_marked(catalog, source)
    for kind, name, place in sorted(set(clinical_names())):
        catalog.add(name, context=kind, locations=[(place, 1)])
    return catalog


def _add_marked(catalog: Catalog, source: Traversable) -> None:
    found = extract("python", BytesIO(source.read_bytes()), keywords=KEYWORDS)
    for line, message, comments, _ in found:
        place = [(f"scheduler/pages/{source.name}", line)]
        catalog.add(message, locations=place, auto_comments=comments)


def clinical_names() -> Iterator[tuple[str, str, str]]:
    """Kind, name and origin of every drug, test and procedure that a sheet can name."""
    for policy in map(shipped_policy, shipped_policy_names()):
        if policy.name != SILENT:
            place = f"models/clinical/policies/{policy.name}.csv"
            yield from (("drug", row.drug, place) for row in policy.holds)
            labs = [*(row.lab for row in policy.holds), *(gate.lab for gate in policy.gates)]
            yield from (("test", lab.name, place) for lab in labs if lab)
    for procedure in shipped_catalogue().procedures:
        yield "procedure", procedure.label, "models/data/catalogue.toml"


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return HERE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept, or an empty one."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project=DOMAIN, charset="utf-8")
    with path.open("rb") as opened:
        return read_po(opened, locale=language)


def refreshed(language: str, source: Catalog) -> Catalog:
    """The kept catalogue with new messages added and those that are said no more dropped."""
    catalog = read_catalogue(language)
    catalog.update(deepcopy(source), no_fuzzy_matching=True)  # it takes the messages as its own
    catalog.obsolete.clear()
    if language == LANGUAGES[0]:
        for message in catalog:
            if message.id and not _is_translated(message):
                message.string = message.id
    return catalog


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return any(texts)


def rendered(catalog: Catalog) -> str:
    """A catalogue as it is kept: without dates, so that the same messages are the same file."""
    body = BytesIO()
    write_po(body, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = HEADER.format(language=catalog.locale_identifier or "", plurals=catalog.plural_forms)
    return header + body.getvalue().decode()


def main() -> None:
    """Write the template and refresh every catalogue."""
    source = template()
    (HERE / f"{DOMAIN}.pot").write_text(rendered(source), encoding="utf-8")
    for language in LANGUAGES:
        text = rendered(refreshed(language, source))
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        catalogue_path(language).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
