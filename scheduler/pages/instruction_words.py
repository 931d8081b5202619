"""An instruction sheet in the patient's language: every line as a sentence."""

import gettext
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from models.clinical.instructions import InstructionLine, InstructionSheet, Section
from models.timegrid import zone
from scheduler.pages import instruction_messages as said
from scheduler.pages.language import language_for, long_date, time_of_day, translations, zone_name

VALUE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A translated message with the values that go into it."""

    message: str
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return self.message % self.values

    @property
    def html(self) -> Markup:
        """The sentence with its values emphasised."""
        strong = {name: Markup("<strong>{}</strong>").format(v) for name, v in self.values.items()}
        return Markup.escape(self.message) % strong


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of the sheet with the key, the time and the drug of its instruction.

    `drug` is its name in the language of the sheet, `drug_id` the name that the policies use.
    """

    key: str
    at: datetime | None
    drug: str
    drug_id: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class SpokenSection:
    """A titled part of the sheet."""

    name: str
    title: str
    lines: tuple[SpokenLine, ...]


@dataclass(frozen=True, slots=True)
class SpokenSheet:
    """A whole sheet in one language."""

    language: str
    title: str
    procedure: str
    start: Sentence
    clock_note: Sentence
    warning: str
    reference: Sentence
    sections: tuple[SpokenSection, ...]
    contact_title: str
    contact_lines: tuple[str, ...]

    @property
    def lines(self) -> tuple[SpokenLine, ...]:
        """The lines of all sections."""
        return tuple(line for section in self.sections for line in section.lines)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A language and a zone: turns messages and instants into words."""

    language: str
    tz: ZoneInfo

    @classmethod
    def of(cls, sheet: InstructionSheet) -> "Speaker":
        """The speaker for a sheet; English where we do not have the patient's language."""
        return cls(language_for(sheet.language), zone(sheet.timezone))

    @property
    def messages(self) -> gettext.NullTranslations:
        """The catalogue."""
        return translations(self.language)

    def say(self, message: str, **values: str) -> Sentence:
        """A message in this language."""
        return Sentence(self.messages.gettext(message), values)

    def name(self, kind: str, name: str) -> str:
        """A drug, test or procedure in this language; as it is where it has no translation."""
        return self.messages.pgettext(kind, name)

    def moment(self, instant: datetime) -> str:
        """Date and clock."""
        date = long_date(instant, self.tz, self.language)
        return self.say(said.DATE_AND_CLOCK, date=date, clock=time_of_day(instant, self.tz)).text

    def hours(self, figure: str) -> str:
        """A number of hours, such as `24 hours`."""
        whole = int(figure) if figure.isdecimal() else 2  # 1.5 hours are plural
        template = self.messages.ngettext("%(figure)s hour", "%(figure)s hours", whole)
        return template % {"figure": figure}

    def line(self, line: InstructionLine) -> SpokenLine:
        """One instruction as a sentence."""
        values = dict(self._values(line))
        known = (m for m in said.MESSAGES[line.key] if set(VALUE.findall(m)) <= set(values))
        return SpokenLine(
            key=line.key,
            at=line.at,
            drug=values.get("drug", ""),
            drug_id=line.values.get("drug", ""),
            sentence=self.say(next(known), **values),
        )

    def _values(self, line: InstructionLine) -> Iterator[tuple[str, str]]:
        for kind in ("drug", "test"):
            if kind in line.values:
                yield kind, self.name(kind, line.values[kind])
        if line.values.get("hours", "0") != "0":
            yield "hours", self.hours(line.values["hours"])
        if line.at is not None:
            yield "when", self.moment(line.at)
        if line.since is not None:
            yield "since", self.moment(line.since)


def spoken(sheet: InstructionSheet) -> SpokenSheet:
    """The sheet in the patient's language, or in English where we do not have it."""
    speaker = Speaker.of(sheet)
    gettext_ = speaker.messages.gettext
    return SpokenSheet(
        language=speaker.language,
        title=gettext_(said.TITLE),
        procedure=speaker.name("procedure", sheet.label),
        start=speaker.say(said.START, when=speaker.moment(sheet.start)),
        clock_note=speaker.say(said.CLOCK_NOTE, zone=zone_name(speaker.tz, speaker.language)),
        warning=gettext_(said.WARNING),
        reference=speaker.say(said.REFERENCE, patient=sheet.patient, referral=sheet.referral),
        sections=tuple(_sections(sheet, speaker)),
        contact_title=gettext_(said.CONTACT_TITLE),
        contact_lines=sheet.site_lines or (gettext_(said.NO_CONTACT),),
    )


def _sections(sheet: InstructionSheet, speaker: Speaker) -> Iterator[SpokenSection]:
    """The sections that have lines; the same sentence is said once."""
    given = [_without_contradiction(line, sheet) for line in sheet.lines]
    for section in Section:
        spoken_lines = (speaker.line(line) for line in given if line.section is section)
        lines = {line.sentence.text: line for line in spoken_lines}
        if lines:
            title = speaker.messages.gettext(said.TITLES[section])
            yield SpokenSection(section.value, title, tuple(lines.values()))


def _without_contradiction(line: InstructionLine, sheet: InstructionSheet) -> InstructionLine:
    """Nobody is told not to stop a drug that the same sheet says is stopped."""
    stopped = {other.values["drug"] for other in sheet.lines if other.key == "drug.stopped"}
    if line.key == "approval" and line.values.get("drug") in stopped:
        return line.model_copy(update={"key": said.STOPPED_APPROVAL})
    return line
