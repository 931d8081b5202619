"""What a fit found, in sentences for an administrator."""

from collections.abc import Iterator

from scenarios.fitting.accuracy import Accuracy, Booking, Coverage
from scenarios.fitting.arrivals import WEEKDAYS
from scenarios.fitting.fit import Fitted
from scenarios.fitting.intervals import Counted
from scenarios.fitting.lateness import LatenessReport, Spread
from scenarios.fitting.report import FitReport, Reading

_WEEK = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_DAYS = dict(zip(WEEKDAYS, _WEEK, strict=True))
BAD_SHOWN = 10
"""Rows that could not be used, named one by one; the document has them all."""
REPEATS = 0.2
"""With fewer different minutes than this share of the cases, they repeat."""
CROWDED = 0.01
"""Below this chance, the numbers of referrals are said not to be Poisson."""
NAMES = {
    "called_off": "patients call off",
    "no_show": "patients do not come",
    "illness": "patients are ill on the day",
    "hold_missed": "holds are missed",
    "lab_failed": "laboratory results fail",
    "approval_late": "approvals are late",
}


def words(fitted: Fitted) -> str:
    """The whole report, one finding a line."""
    report = fitted.report
    parts = (_reading, _groups, _accuracies, _arrivals, _lateness, _chances, _forms)
    return "\n".join(line for part in parts for line in part(report))


def _reading(report: FitReport) -> Iterator[str]:
    read = report.reading
    yield (
        f"{read.source}: {read.rows} rows from {read.first_day} to {read.last_day}, "
        f"{read.done} carried out; minutes are of the {read.minutes}."
    )
    yield from _bad(read)
    if read.distinct < REPEATS * read.done:
        yield (
            f"Only {read.distinct} different pairs of procedure and minutes in {read.done} cases: "
            "the minutes repeat, and any model looks better on them than it will be."
        )
    if read.not_offered:
        yield (
            f"{len(read.not_offered)} procedures are not in the catalogue and keep their own "
            f"codes: {_some(read.not_offered)}."
        )


def _bad(read: Reading) -> Iterator[str]:
    if not read.bad:
        yield "Every row could be used."
        return
    yield f"{len(read.bad)} rows could not be used:"
    for line in read.bad[:BAD_SHOWN]:
        yield f"  line {line.line}: {line.why}"
    if len(read.bad) > BAD_SHOWN:
        yield f"  and {len(read.bad) - BAD_SHOWN} more"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _groups(report: FitReport) -> Iterator[str]:
    for group in report.groups:
        if group.strength is None:
            yield f"Durations: the {group.depth} tells nothing that the group above it does not."
        else:
            yield (
                f"Durations: {group.groups} groups by {group.depth}; one of n cases counts "
                f"n / (n + {group.strength:g}) against the group above it."
            )


def _accuracies(report: FitReport) -> Iterator[str]:
    if report.accuracy_missing:
        yield f"Not tried on held-out cases: {report.accuracy_missing}."
    for tried in report.accuracy:
        yield from _accuracy(tried)


def _accuracy(tried: Accuracy) -> Iterator[str]:
    yield f"Tried on {tried.split} ({tried.cases} cases):"
    gain = tried.gain
    if tried.booked_error is not None and tried.model_error is not None and gain is not None:
        verdict = "nearer" if gain.high < 0 else "farther" if gain.low > 0 else "not told apart"
        yield (
            f"  off by {tried.booked_error:.1f} min as booked, {tried.model_error:.1f} by the "
            f"model's median: {gain.mean:+.1f} ({gain.low:+.1f} to {gain.high:+.1f}), {verdict};"
        )
    booked = "" if tried.booked_crps is None else f", booked {tried.booked_crps:.2f}"
    yield (
        f"  score of the whole distribution (CRPS) {tried.crps:.2f} min{booked}, "
        f"all cases alike {tried.group_crps:.2f};"
    )
    levels = (f"{100 * c.level:.0f} %: {_percent(c.below)}" for c in tried.coverage)
    yield f"  took at most the minutes of level {'; '.join(levels)};"
    missed = [f"{100 * c.level:.0f} %" for c in tried.coverage if not _holds(c)]
    yield f"  not calibrated at {', '.join(missed)};" if missed else "  calibrated at every level;"
    yield from map(_booking, tried.bookings)


def _booking(booking: Booking) -> str:
    how = "as now" if booking.level is None else f"at the {100 * booking.level:.0f} % quantile"
    return (
        f"  booked {how}: {booking.booked:.1f} min a case, {_percent(booking.over)} run over, "
        f"{booking.over_minutes:.1f} min over and {booking.idle_minutes:.1f} idle a case."
    )


def _holds(coverage: Coverage) -> bool:
    return coverage.below.low <= coverage.level <= coverage.below.high


def _percent(found: Counted) -> str:
    if found.share is None:
        return "nothing to count"
    return f"{100 * found.share:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _arrivals(report: FitReport) -> Iterator[str]:
    found = report.arrivals
    if found.missing:
        yield f"Referrals by weekday are not fitted: {found.missing}."
    for rate in found.weekdays:
        crowd = ""
        if rate.p is not None and rate.p < CROWDED:
            crowd = f"; not Poisson: variance over mean {rate.dispersion:.2f}"
        yield (
            f"Referrals on {_DAYS[rate.weekday]}: {rate.mean:.2f} a day "
            f"({rate.low:.2f} to {rate.high:.2f}, {rate.days} days{crowd})."
        )


def _lateness(report: FitReport) -> Iterator[str]:
    late: LatenessReport = report.lateness
    for spread in (late.first_cases, late.later_cases, late.turnover):
        yield _spread(spread)
    if late.overlaps:
        yield f"{late.overlaps} cases begin before the one before them in the room has ended."


def _spread(spread: Spread) -> str:
    name = spread.name.capitalize()
    if spread.minutes is None or spread.mean is None:
        return f"{name}: not fitted, {spread.missing}."
    by_level = dict(zip(spread.minutes.levels, spread.minutes.values, strict=True))
    on_time = "" if spread.on_time is None else f"; on time {_percent(spread.on_time)}"
    return (
        f"{name}: mean {spread.mean:.1f} min, median {by_level[0.5]:.1f}, 90 % within "
        f"{by_level[0.9]:.1f} ({spread.cases} cases{on_time})."
    )


def _chances(report: FitReport) -> Iterator[str]:
    for chance in report.chances:
        what = NAMES[chance.name].capitalize()
        if chance.used:
            yield (
                f"{what}: {_percent(chance.counted)}, {chance.counted.count} of "
                f"{chance.counted.of}; {100 * chance.assumed:.1f} % was assumed."
            )
        else:
            yield f"{what}: {100 * chance.assumed:.1f} % as assumed; {chance.why_not}."


def _forms(report: FitReport) -> Iterator[str]:
    best = [each.best for each in report.forms if each.procedure and each.best]
    whole = next((each.best for each in report.forms if not each.procedure), "")
    if whole:
        counts = ", ".join(f"{name} {best.count(name)}" for name in sorted(set(best)))
        per = f"; by procedure: {counts}" if counts else ""
        yield f"Of gamma, lognormal and Weibull, {whole} fits all cases best{per}."
