"""Who comes in during a replay: as many as came in of late, and their likes, treated since or not.

Cases that are open are no fair sample of arrivals: who is treated soon is seldom among them, and
who waits long nearly always. So both the number and the mix are those of all referrals received
within some weeks, whatever became of them since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models.calendars import DateRules
from models.patients import PatientFacts
from models.timegrid import local_day, start_of_day
from scenarios.practice import Known, Practice
from scenarios.replay.arrivals import per_weekday
from scenarios.replay.hours import OfficeHours
from scenarios.replay.templates import arrived

DAY = timedelta(days=1)
WEEKS = 13
"""A quarter: thirteen of each weekday, and not so long that the department was another."""
FEWEST_DAYS = 7
"""Every weekday once: of fewer there is no rate."""
FEWEST = 24
"""Of so many referrals a rate is still uncertain by a fifth, 1 / sqrt(24): fewer need a caution."""


@dataclass(frozen=True, slots=True)
class Received:
    """A referral that came in, whatever became of it."""

    known: Known
    at: datetime
    """When it came in."""
    forgotten: bool = False
    """Whether the site has dropped the patient's facts since."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The local days over which referrals are counted, both included."""

    first: date
    last: date
    whole: bool
    """Whether it is as long as was asked for; else it begins with the store."""

    @property
    def days(self) -> int:
        return (self.last - self.first) // DAY + 1


def looked_back(practice: Practice, weeks: int = WEEKS) -> datetime:
    """The local midnight so many weeks before today's."""
    tz = practice.site.tz
    return start_of_day(local_day(practice.now, tz) - timedelta(weeks=weeks), tz)


def with_inflow(
    practice: Practice,
    received: Iterable[Received],
    *,
    opened: datetime,
    rules: DateRules,
    weeks: int = WEEKS,
) -> Practice:
    """The practice with the rate and the mix of what came in over the last weeks, today left out.

    Args:
        practice: whose arrivals are not known yet.
        received: referrals that came in, in any order; those of other weeks are left out.
        opened: when the first of all came in: no day before it counts. Referrals written earlier
            than that day are what the store began with. Those of their time that had been treated
            were never taken in, so that they are no fair sample and are left out.
        rules: dates of public holidays, which neither count as days nor have referrals.
        weeks: how far to look back.

    Returns:
        The practice; unchanged where the days are fewer than a week, or nobody is left to draw.
    """
    span = _span(practice, opened, weeks)
    begun = start_of_day(local_day(opened, practice.site.tz), practice.site.tz)
    came = [one for one in _within(received, span, practice) if _written(one) >= begun]
    drawn = [_as_it_came(one, practice) for one in _remembered(came)]
    if span.days < FEWEST_DAYS or not drawn:
        return practice
    days = [local_day(one.at, practice.site.tz) for one in came]
    counted = practice.assumptions.arrivals.model_copy(
        update={
            "per_day": per_weekday(days, span.first, span.last, OfficeHours.of(practice, rules)),
            "source": _source(span, came, left_out=len(came) - len(drawn)),
            "evidence": "site",
        }
    )
    return practice.changed(
        assumptions=practice.assumptions.model_copy(update={"arrivals": counted}),
        drawn_from=tuple(sorted(drawn, key=lambda known: known.id)),
    )


def unsure(practice: Practice) -> str:
    """Why a replay's referrals may not be those that come in, in a sentence; empty: no reason."""
    drawn = len(practice.sources)
    if not practice.assumptions.arrivals.per_day:
        return (
            "how many are referred is told by the cases that are still open, and is too low: who "
            "was treated is not among them, and who waits long is there too often. Run it on a "
            "store that has received referrals for a week, or set `arrivals`"
        )
    if practice.drawn_from is None:
        return (
            "referrals are drawn from the cases that are still open, among whom those who wait "
            "long are too many. Run it on a store, or on a practice frozen from one"
        )
    if drawn < FEWEST:
        return f"referrals are drawn from {drawn} that came in: too few to rely on their mix"
    return ""


def _span(practice: Practice, opened: datetime, weeks: int) -> _Span:
    tz = practice.site.tz
    asked = local_day(looked_back(practice, weeks), tz)
    began = local_day(opened, tz)
    return _Span(max(asked, began), local_day(practice.now, tz) - DAY, whole=began <= asked)


def _within(received: Iterable[Received], span: _Span, practice: Practice) -> Iterator[Received]:
    tz = practice.site.tz
    return (one for one in received if span.first <= local_day(one.at, tz) <= span.last)


def _written(one: Received) -> datetime:
    return one.known.referral.authored or one.at


def _remembered(came: Sequence[Received]) -> Iterator[Received]:
    """Those whose facts are there; for the others, whom else of their procedure and priority.

    Whoever is treated soon is forgotten soon: without others in their place the mix would be that
    of who waits long again. Where nobody is like a forgotten one, it is left out.
    """
    alike: dict[tuple[str, ...], list[Received]] = {}
    for one in came:
        if not one.forgotten:
            alike.setdefault(_kind(one), []).append(one)
            yield one
    for number, one in enumerate(one for one in came if one.forgotten):
        if found := alike.get(_kind(one)):
            yield _as_stand_in(found[number % len(found)], one)


def _kind(one: Received) -> tuple[str, ...]:
    asked = one.known.referral
    return asked.system, asked.code, asked.priority


def _as_stand_in(like: Received, forgotten: Received) -> Received:
    """One referral under the id of another."""
    referral = like.known.referral.model_copy(update={"id": forgotten.known.id})
    return replace(like, known=like.known.model_copy(update={"referral": referral}))


def _as_it_came(one: Received, practice: Practice) -> Known:
    """The case as it would be known now if it had come in now, not booked.

    Its facts are as old as when last something was heard of the patient, so that one who was
    treated weeks ago does not come with results that are out of date.
    """
    heard = max([one.at, *_heard(one.known.patient, practice.now)])
    like = arrived(one.known, one.known.id, practice.now, heard, practice.site.tz)
    patient = one.known.patient.id
    return Known(
        patient=like.patient.model_copy(update={"id": patient}),
        referral=like.referral.model_copy(update={"patient": patient, "authored": _written(one)}),
        distance_km=one.known.distance_km,
    )


def _heard(facts: PatientFacts, now: datetime) -> Iterator[datetime]:
    """When results were taken, doses given and findings made, as far as that is past."""
    told = [lab.taken_at for lab in facts.labs]
    told += [one.last_dose for one in facts.exposures if one.last_dose]
    told += [one.since for one in (*facts.conditions, *facts.allergies) if one.since]
    return (at for at in told if at <= now)


def _source(span: _Span, came: Sequence[Received], *, left_out: int) -> str:
    """Weeks and number, and what is short of them."""
    told = f"{len(came)} referrals received from {span.first} to {span.last}"
    told += f", {span.days / 7:.3g} weeks" + ("" if span.whole else ", since the first came in")
    forgotten = sum(one.forgotten for one in came)
    if forgotten:
        told += f"; facts of {forgotten} are forgotten: others of their procedure and priority "
        told += "stand in for them" + (f", for {left_out} nobody" if left_out else "")
    return told
