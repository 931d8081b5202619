"""What a reader must know before figures are read: what cannot be seen in them, and what is unsure.

Told before a study is run, and again beside what it found.
"""

from collections.abc import Collection, Iterator

from models.problem import PlanningProblem
from models.timegrid import local_day, zone
from scenarios.distances import without_distance
from scenarios.edits.base import Edit
from scenarios.inflow import unsure
from scenarios.practice import Practice
from scenarios.running.digests import Subject
from scenarios.scenario import Replay
from scenarios.study import INSTANT, Compared, Study, days, days_before
from scenarios.unseen import unseen

MOST_NAMED = 5
"""Sites of a network that one sentence names."""


def cautions(study: Study, scenarios: Collection[str]) -> Iterator[str]:
    """Sentences for people: of some scenarios, each after its name, then of what all rest on."""
    yield from unseen(study).sentences(scenarios)
    for one in study.compared:
        if one.name in scenarios:
            yield from _outside(study, one)
    yield from _of_practices(study)


def _outside(study: Study, one: Compared) -> Iterator[str]:
    """Of a scenario: edits that are over before the first day looked at, or begin after the last.

    A network's sites share their days but for the zones; its first site stands for all.
    """
    subject = next(iter(study.base.subjects.values()))
    counted = one.scenario.counted_from(days_before(study.settings.run))
    for number, edit in enumerate(counted.edits, 1):
        if why := _missed(edit, subject, study):
            yield f"{one.name}: edit {number} ({edit.kind}) {why}."


def _missed(edit: Edit, subject: Subject, study: Study) -> str:
    timezone = subject.timezone if isinstance(subject, PlanningProblem) else subject.site.timezone
    about = edit.about(subject.now, timezone)
    if about is None:
        return ""
    first, last = days(subject, study.settings.run)
    begins, ends = (local_day(at, zone(timezone)) for at in (about.start, about.end - INSTANT))
    looked_at = "measured" if isinstance(study.settings.run, Replay) else "planned"
    if ends < first:
        return (
            f"is over on {ends}, before the first day that is {looked_at}, {first}: only what is "
            "left of its effect can be seen"
        )
    if begins > last:
        return f"begins on {begins}, after the last day that is {looked_at}, {last}"
    return ""


def _of_practices(study: Study) -> Iterator[str]:
    """What all scenarios rest on: a sentence for all sites of which it is true."""
    sites: dict[str, list[str]] = {}
    for name, subject in study.base.subjects.items():
        if isinstance(subject, Practice):
            for why in filter(None, _of_practice(subject, study)):
                sites.setdefault(why, []).append(name)
    for why, names in sites.items():
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield f"{', '.join(names[:MOST_NAMED])}{more}: {why}."


def _of_practice(practice: Practice, study: Study) -> Iterator[str]:
    if isinstance(study.settings.run, Replay):
        yield unsure(practice)
    yield without_distance(practice)
