"""What of a scenario a plan of one night cannot show, told before anybody reads "no difference".

A plan draws nothing by chance and lasts no weeks: chances, actual durations, referrals to come, and
what is applied without asking mean nothing to it. Whether an edit is of that sort is seen from what
it changes, not from its kind.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from scenarios.applying import apply
from scenarios.assumptions import Assumptions
from scenarios.practice import Practice
from scenarios.scenario import Plan, Scenario
from scenarios.study import Compared, Study

SO_ALREADY = "the department is like that already, so that nothing is changed"
ONLY_REPLAY = (
    "this shows only in a replay, which draws weeks day by day; one night knows nothing of it. "
    "Run it as a replay (--mode replay)"
)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the runs of a study cannot show."""

    whole: Mapping[str, str]
    """By scenario of which nothing can be seen: why."""
    parts: Mapping[str, tuple[str, ...]]
    """By scenario of which something can be seen: the edits of which nothing can."""

    def sentences(self, scenarios: Collection[str]) -> Iterator[str]:
        """All of it that is about some scenarios, each after its scenario's name."""
        for name, why in self.whole.items():
            if name in scenarios:
                yield f"{name}: {why}."
        for name, edits in self.parts.items():
            if name in scenarios:
                yield f"{name}: {' and '.join(edits)} cannot be seen here: {ONLY_REPLAY}."


def unseen(study: Study) -> Unseen:
    """What the runs of a study cannot show; of practices only, as a planning file has no chances.

    The baseline is left out: it is what others are compared with.
    """
    whole: dict[str, str] = {}
    parts: dict[str, tuple[str, ...]] = {}
    for one in study.compared:
        if not one.scenario.edits or one.name == study.baseline:
            continue
        why = _nothing_seen(study, one)
        if why:
            whole[one.name] = why
        elif edits := tuple(_edits_unseen(study, one)):
            parts[one.name] = edits
    return Unseen(whole, parts)


def _nothing_seen(study: Study, one: Compared) -> str:
    pairs = [(study.base.subjects[site], after) for site, after in one.subjects.items()]
    if all(before == after for before, after in pairs):
        return SO_ALREADY
    practices = [(b, a) for b, a in pairs if isinstance(b, Practice) and isinstance(a, Practice)]
    if not isinstance(study.settings.run, Plan) or len(practices) < len(pairs):
        return ""
    return ONLY_REPLAY if all(_planned_alike(b, a) for b, a in practices) else ""


def _edits_unseen(study: Study, one: Compared) -> Iterator[str]:
    """Edits that change the practice of the first site they touch, and nothing that is planned."""
    changed = (s for s, after in one.subjects.items() if after != study.base.subjects[s])
    before = study.base.subjects[next(changed)]
    if not isinstance(before, Practice) or not isinstance(study.settings.run, Plan):
        return
    for number, edit in enumerate(one.scenario.edits, 1):
        after = apply(Scenario(name=one.name, edits=(edit,)), before)
        if after != before and _planned_alike(before, after):
            yield f"edit {number} ({edit.kind})"
        before = after


def _planned_alike(before: Practice, after: Practice) -> bool:
    """Whether one night cannot tell two practices apart."""
    return _planned(before) == _planned(after)


def _planned(practice: Practice) -> Practice:
    """The practice with everything that only a replay looks at in its usual state."""
    durations = practice.assumptions.durations
    booked = {"durations": durations} if durations.planned_quantile is not None else {}
    site = practice.site.model_copy(
        update={"auto_apply": type(practice.site).model_fields["auto_apply"].default}
    )
    lost = tuple(one.model_copy(update={"known_at": None}) for one in practice.out_of_use)
    return practice.model_copy(
        update={
            "site": site,
            "assumptions": Assumptions().model_copy(update=booked),
            "drawn_from": None,
            "out_of_use": lost,
        }
    )
