"""Where the figures of a page come from: assumptions, policies, settings, versions, digests."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import yaml

from models.base import Frozen
from models.problem import PlanningProblem
from scenarios.assumptions import Arrivals, Chance, Durations, Quantiles
from scenarios.measures.comparison import Comparison
from scenarios.measures.frames import Runs
from scenarios.practice import Practice
from scenarios.report.data import Assumption, Making
from scenarios.report.words import joined
from scenarios.running.digests import code_digest, digest
from scenarios.scenario import Plan, Replay, Scenario, Settings

Subject = Practice | PlanningProblem
Subjects = Mapping[str, Mapping[str, Subject]]
"""What was run, by scenario and site."""
SITE_EVIDENCE = "site"
NAMES = {"first_case_late": "first case late, minutes"}
"""What an assumption is called where its own name does not say enough."""
LEVELS = (0.5, 0.9)


def scenario_text(scenario: Scenario, settings: Settings) -> str:
    """The scenario as a file that can be run again alike, in YAML."""
    head = {"format": "holdfast-scenario", "version": 1}
    run = {"run": settings.run.model_dump(mode="json"), "seed": settings.seed}
    text = yaml.safe_dump(
        head | scenario.model_dump(mode="json") | run, sort_keys=False, allow_unicode=True, width=88
    )
    return str(text)


def assumptions(subjects: Subjects, baseline: str, mode: str) -> tuple[Assumption, ...]:
    """Policies and assumed figures: the baseline's, then what is another in a scenario.

    Args:
        subjects: what was run; a planning problem rests on nothing that is told here.
        baseline: the scenario that is told in full.
        mode: in a plan nothing happens by chance, so that only policies are told.
    """
    told = {name: tuple(_of_sites(sites, mode)) for name, sites in subjects.items()}
    base = told.get(baseline, ())
    rows = list(base)
    for name, found in told.items():
        rows += [replace(one, scenario=name) for one in found if one not in base]
    return tuple(rows)


def _of_sites(sites: Mapping[str, Subject], mode: str) -> Iterator[Assumption]:
    for site, subject in sites.items():
        if isinstance(subject, Practice):
            for one in _of_practice(subject, mode):
                yield one if len(sites) == 1 else replace(one, name=f"{one.name} ({site})")


def _of_practice(practice: Practice, mode: str) -> Iterator[Assumption]:
    yield from _policies(practice)
    yield Assumption("notice", f"{practice.site.notice_hours:g} h", "the site file", SITE_EVIDENCE)
    if mode == "plan":
        return
    for name in sorted(type(practice.assumptions).model_fields):
        value = getattr(practice.assumptions, name)
        called = NAMES.get(name, name.replace("_", " "))
        if value is None:
            yield Assumption(called, "hours of their rows", "the policies in force", SITE_EVIDENCE)
            continue
        source, evidence = _source(value)
        yield Assumption(called, _figure(value), source, evidence)
    yield _likes(practice)


def _likes(practice: Practice) -> Assumption:
    """Whose likes are referred."""
    figure = f"each like one of {len(practice.sources)} referrals"
    if practice.drawn_from is None:
        return Assumption("referrals to come", figure, "the cases still open", "planning")
    source = practice.assumptions.arrivals.source
    return Assumption("referrals to come", figure, source, practice.assumptions.arrivals.evidence)


def _policies(practice: Practice) -> Iterator[Assumption]:
    for policy in practice.book.policies:
        evidence = {row.ref.evidence for row in policy.holds}
        evidence |= {gate.ref.evidence for gate in policy.gates}
        yield Assumption(
            name=f"hold policy {policy.name}",
            figure=f"version {policy.version}: {len(policy.holds)} holds, "
            f"{len(policy.gates)} gates",
            source=policy.title,
            evidence=", ".join(sorted(evidence)),
        )


def _source(value: object) -> tuple[str, str]:
    if isinstance(value, Durations):
        return value.groups[0].ratio.source, value.groups[0].ratio.evidence
    return str(getattr(value, "source", "the site")), str(getattr(value, "evidence", SITE_EVIDENCE))


def _figure(value: object) -> str:
    if isinstance(value, Chance):
        return _percent(value.share)
    if isinstance(value, Quantiles):
        return _spread(value)
    if isinstance(value, Arrivals):
        return _arrivals(value)
    if isinstance(value, Durations):
        return _durations(value)
    if isinstance(value, Frozen):
        members = value.model_dump(mode="json", exclude={"source", "evidence"})
        return json.dumps(members, ensure_ascii=False)
    return str(value)


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _spread(quantiles: Quantiles) -> str:
    ends = np.interp(LEVELS, quantiles.levels, quantiles.values)
    found = [f"{level:.0%} at most {end:.3g}" for level, end in zip(LEVELS, ends, strict=True)]
    return joined([*found, f"all at most {quantiles.values[-1]:.3g}"])


def _arrivals(arrivals: Arrivals) -> str:
    per_day = ", ".join(f"{_word(day)} {n:.3g}" for day, n in arrivals.per_day.items())
    parts = [f"referrals a day: {per_day or 'too few, as the dates of the cases still open say'}"]
    if arrivals.scale != 1:
        parts.append(f"times {arrivals.scale:.4g}")
    for factors in (arrivals.by_procedure, arrivals.by_priority, arrivals.by_weekday):
        parts += [f"{_word(name)} times {factor:.4g}" for name, factor in factors.items()]
    return "; ".join(parts)


def _word(name: object) -> str:
    return str(getattr(name, "value", name))


def _durations(durations: Durations) -> str:
    first = durations.groups[0].ratio
    planned = durations.planned_quantile
    booked = "the catalogue's minutes" if planned is None else f"the {planned:.0%} quantile"
    return (
        f"actual over the catalogue's minutes: {_spread(first)}; "
        f"groups of cases: {len(durations.groups)}; "
        f"scaled by {durations.scale:.4g}; booked: {booked}"
    )


def making(
    comparison: Comparison, runs: Runs, subjects: Subjects, settings: Settings, command: str
) -> Making:
    """How the figures were made."""
    every = [run for name in runs for run in runs[name]]
    return Making(
        mode=settings.run.mode,
        site=", ".join(sorted({run.site for run in every})),
        timezone=runs[comparison.baseline][0].timezone,
        begin=min(run.begin for run in every),
        end=max(run.end for run in every),
        seed=settings.seed,
        settings=tuple(_settings(settings.run)),
        replications=tuple((name, len({run.number for run in runs[name]})) for name in runs),
        seconds=tuple((name, sum(run.seconds for run in runs[name])) for name in runs),
        versions=tuple(sorted({pair for run in every for pair in run.versions.items()})),
        digests=(*_digests(subjects), ("the program's code", code_digest())),
        command=command,
    )


def _settings(run: Plan | Replay) -> Iterable[tuple[str, str]]:
    figures: dict[str, Any] = run.model_dump(mode="json", exclude={"mode"})
    for name, value in figures.items():
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        yield name.replace("_", " ").capitalize(), shown


def _digests(subjects: Subjects) -> Iterator[tuple[str, str]]:
    for name, sites in subjects.items():
        for site, subject in sites.items():
            yield name if len(sites) == 1 else f"{name}, {site}", digest(subject)
