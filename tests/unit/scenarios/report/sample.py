"""A made-up comparison with every part of the page filled."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from scenarios.measures.verdicts import Verdict
from scenarios.report.data import (
    Assumption,
    Bar,
    DayChart,
    DayPanel,
    Estimate,
    Heat,
    HoldHours,
    Making,
    MeasureNote,
    ReportData,
    Row,
    ScenarioNote,
    Sweep,
    SweepPoint,
    Waits,
)

SCENARIOS = (
    ("baseline", "As it is", ()),
    (
        "second-biplane",
        "Second biplane suite",
        ("Add suite-5, a copy of suite-1, named `suite-5`.",),
    ),
    (
        "nurse-fewer",
        "One sedation nurse fewer on Wednesdays",
        ("On Wednesdays 3 instead of 4 of sedation with deep.", "Notice is 48 h instead of 24 h."),
    ),
)
MEASURES = (
    MeasureNote(
        "waiting-mean",
        "Mean waiting",
        "Waiting",
        "days",
        "lower",
        "Days from referral.",
        leading=True,
    ),
    MeasureNote(
        "waiting-p90", "90th percentile of waiting", "Waiting", "days", "lower", "...", leading=True
    ),
    MeasureNote(
        "on-time", "Treated by the due date", "Waiting", "share", "higher", "...", leading=True
    ),
    MeasureNote("suite-use", "Use of suites", "Use", "share", "higher", "...", leading=True),
    MeasureNote("overtime", "Overtime in a week", "Use", "minutes", "lower", "..."),
    MeasureNote("off-drug", "Hours off drug", "Holds", "hours", "lower", "...", leading=True),
    MeasureNote("moves", "Moves by nights", "Changes", "", "neither", "...", leading=True),
    MeasureNote("cost", "Cost of a night's plan", "Cost", "points", "lower", "...", leading=True),
)
BEGIN = datetime(2026, 11, 2, 6, tzinfo=UTC)
DAY = date(2026, 11, 4)


def estimate(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half)


def row(measure: str, scenario: str, base: float, gap: Estimate, verdict: Verdict, *of: str) -> Row:
    return Row(measure, "".join(of), scenario, base, base + gap.value, gap, verdict)


def rows() -> tuple[Row, ...]:
    first, second = "second-biplane", "nurse-fewer"
    return (
        row("waiting-mean", first, 9.4, estimate(-2.13, 0.5), Verdict.BETTER),
        row("waiting-mean", second, 9.4, estimate(0.31, 0.6), Verdict.NOT_DISTINGUISHABLE),
        row("waiting-mean", first, 3.1, estimate(-0.4, 0.2), Verdict.BETTER, "urgent"),
        row("waiting-mean", second, 3.1, Estimate(0.0, 0.0, 0.0), Verdict.NO_DIFFERENCE, "urgent"),
        row("waiting-p90", first, 21.0, estimate(-5.5, 1.5), Verdict.BETTER),
        row("waiting-p90", second, 21.0, estimate(1.8, 1.1), Verdict.WORSE),
        row("on-time", first, 0.81, estimate(0.062, 0.021), Verdict.BETTER),
        row("on-time", second, 0.81, estimate(-0.012, 0.020), Verdict.NOT_DISTINGUISHABLE),
        row("suite-use", first, 0.72, estimate(-0.118, 0.012), Verdict.WORSE),
        row("suite-use", second, 0.72, estimate(-0.005, 0.011), Verdict.NOT_DISTINGUISHABLE),
        row("overtime", first, 210.0, estimate(-43.0, 51.0), Verdict.NOT_DISTINGUISHABLE),
        row("overtime", second, 210.0, estimate(520.0, 40.0), Verdict.WORSE),
        row("off-drug", first, 61.2, estimate(-3.0, 1.2), Verdict.BETTER),
        row("off-drug", second, 61.2, Estimate(0.0, 0.0, 0.0), Verdict.NO_DIFFERENCE),
        row("moves", first, 14.2, estimate(2.3, 1.1), Verdict.NO_JUDGEMENT),
        row("moves", second, 14.2, estimate(0.3, 2.1), Verdict.NO_JUDGEMENT),
        row("cost", first, 81_240.0, estimate(-9_020.0, 1_100.0), Verdict.BETTER),
        row("cost", second, 81_240.0, estimate(1_300.0, 1_700.0), Verdict.NOT_DISTINGUISHABLE),
    )


def waits() -> tuple[Waits, ...]:
    draw = Random(1)
    return tuple(
        Waits(name, tuple(round(draw.gammavariate(2, scale), 2) for _ in range(900)))
        for (name, _, _), scale in zip(SCENARIOS, (4.7, 3.6, 4.9), strict=True)
    )


def heats() -> tuple[Heat, ...]:
    lines = ("suite-1", "suite-2", "suite-3", "suite-4", "ct-1", "proceduralist", "sedation nurse")
    hours = tuple(range(7, 19))
    return tuple(
        Heat(
            name,
            lines if name != "second-biplane" else (*lines, "suite-5"),
            hours,
            tuple(
                tuple(
                    None if line == "ct-1" and hour < 9 else max(0.0, 0.95 - abs(hour - 12) / 8)
                    for hour in hours
                )
                for line in (lines if name != "second-biplane" else (*lines, "suite-5"))
            ),
        )
        for name, _, _ in SCENARIOS
    )


def day(case: str = "") -> DayChart:
    return DayChart(
        DAY,
        "America/Chicago",
        "riverside",
        0,
        tuple(_panel(n, i, case) for i, (n, _, _) in enumerate(SCENARIOS)),
    )


def _panel(name: str, shift: int, of: str) -> DayPanel:
    bars = []
    for at in range(14):
        # 08:00 in Chicago is 14:00 UTC; three cases one after another in each of five suites
        begin = datetime(2026, 11, 4, 14, tzinfo=UTC) + timedelta(minutes=130 * (at // 5))
        begin += timedelta(minutes=15 * shift if at % 4 == 0 else 0)
        case = of or f"C-{1017 + 3 * at}"
        end = begin + timedelta(minutes=60 + 10 * (at % 5))
        bars.append(Bar(f"suite-{at % 5 + 1}", "suite", case, begin, end))
        bars.append(Bar(f"bay-{at % 6 + 1}", "bay", case, end, end + timedelta(minutes=50)))
        bars.append(Bar(f"rn-{at % 5 + 1}", "sedation", case, begin, end))
    return DayPanel(name, tuple(bars))


def holds() -> tuple[HoldHours, ...]:
    return tuple(
        HoldHours(name, kind, estimate(hours + place, 2.5 + place), 120, 7)
        for place, (name, _, _) in enumerate(SCENARIOS)
        for kind, hours in (("doac", 52.0), ("vka", 121.0), ("antiplatelet", 160.5))
    )


def sweep(parameters: int = 1) -> Sweep:
    if parameters == 1:
        points = tuple(
            SweepPoint(
                f"demand-{f}",
                (f,),
                {
                    "waiting-mean": estimate(4 + 9 * (f - 0.8) ** 2, 0.5),
                    "on-time": estimate(1 - f / 4, 0.02),
                },
            )
            for f in (0.8, 1.0, 1.2, 1.4, 1.6)
        )
        return Sweep(("factor of referrals",), points)
    points = tuple(
        SweepPoint(f"p-{f}-{h}", (f, h), {"waiting-mean": estimate(4 * f + h / 24, 0.5)})
        for f in (0.8, 1.0, 1.2)
        for h in (24, 48, 72)
    )
    return Sweep(("factor of referrals", "notice, hours"), points)


def making(mode: str = "replay") -> Making:
    return Making(
        mode=mode,
        site="riverside",
        timezone="America/Chicago",
        begin=BEGIN,
        end=BEGIN + timedelta(weeks=12),
        seed=7,
        settings=(
            ("Weeks measured", "12"),
            ("Weeks of warm-up", "2"),
            ("Search steps a night", "2,000"),
        ),
        replications=tuple((name, 20) for name, _, _ in SCENARIOS),
        seconds=tuple((name, 183.2) for name, _, _ in SCENARIOS),
        versions=(("holdfast", "0.1.0"), ("ortools", "9.15.6755"), ("python", "3.11.7")),
        digests=tuple((name, "9f86d081884c7d659a2feaa0c55ad015" * 2) for name, _, _ in SCENARIOS),
        command="holdfast scenario compare second-biplane nurse-fewer --html page.html --seed 7",
    )


def report(**members: object) -> ReportData:
    given: dict[str, object] = {
        "title": "Second biplane suite, one nurse fewer",
        "baseline": "baseline",
        "scenarios": tuple(
            ScenarioNote(
                name,
                title,
                "What would it do?" if changes else "",
                changes,
                f"name: {name}\n",
            )
            for name, title, changes in SCENARIOS
        ),
        "measures": MEASURES,
        "rows": rows(),
        "making": making(),
        "waits": waits(),
        "heats": heats(),
        "holds": holds(),
        "day": day(),
        "assumptions": (
            Assumption(
                "No-show", "2 %", "imaging no-show 2.0 %: Aijaz, Acad Radiol 2024", "published"
            ),
            Assumption("No-show", "1 %", "halved", "scenario", "nurse-fewer"),
        ),
        "notes": ("Intervals are Student's t over paired replications.",),
    }
    return ReportData(**(given | members))  # type: ignore[arg-type]
