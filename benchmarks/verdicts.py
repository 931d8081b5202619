"""What has to be seen, as lines of a table: a measure, its target, and what a run gave."""

from collections.abc import Iterable, Sequence
from statistics import mean

from benchmarks.disrupted import pairs, totals
from benchmarks.page import percent, whole
from benchmarks.peers import OWN
from benchmarks.references import BOUNDS, REFERENCES
from benchmarks.report import against
from benchmarks.rows import Row
from benchmarks.speedup import compared, typical

SHORT = 10.0
MORE_CASES = 200
SURGERY, TESTS = "ihtc-", "prob073-"

Line = tuple[str, str, str]
Rows = Sequence[Row]


def cost(row: Row) -> int | None:
    """The cost of a plan that stands."""
    return row.cost if row.stands else None


def at_or_below(rows: Iterable[Row], column: int, allowance: float = 0.0) -> tuple[int, int]:
    """How many of the rows cost at most what was known before, and how many rows there are.

    Args:
        rows: of reference files.
        column: 0 the best peer or published cost, 1 the yardstick; where the yardstick has no
            whole plan, any plan that stands is below it.
        allowance: share by which the cost may be higher.
    """
    good = total = 0
    for row in rows:
        known, found = REFERENCES[row.file][column], cost(row)
        total += 1
        good += found is not None and (known is None or found <= (1 + allowance) * known)
    return good, total


def better_known(file: str) -> int:
    """The least cost known before of a reference file."""
    return min(known for known in REFERENCES[file] if known is not None)


def lines(
    rows: Rows, short: Rows, speedup: Rows, disrupted: Rows, limit: float
) -> tuple[Line, ...]:
    """A line for each measure that the rows tell something of."""
    own = [row for row in rows if row.solver == OWN]
    known = [row for row in own if row.file in REFERENCES]
    planning = [row for row in known if not row.file.startswith((SURGERY, TESTS))]
    brief = [row for row in short if row.solver == OWN and row.file in REFERENCES]
    brief = [row for row in brief if not row.file.startswith((SURGERY, TESTS))]
    return (
        *_planning(planning),
        *_short(brief, limit),
        *_external(known),
        *_bound(known),
        *_speedup(speedup),
        *_disrupted(disrupted),
        *_first(planning),
        *_memory(own),
    )


def _of(counted: tuple[int, int]) -> str:
    return f"{counted[0]} of {counted[1]}"


def _planning(rows: Rows) -> list[Line]:
    if not rows:
        return []
    large = [row for row in rows if row.cases > MORE_CASES]
    shares = [against(cost(row), REFERENCES[row.file][0]) for row in large]
    sound = [share for share in shares if share is not None]
    found = [
        ("departments: at or below the best peer known", "all", _of(at_or_below(rows, 0))),
        (
            f"departments of more than {MORE_CASES} cases: cost to the best peer known, mean",
            "-5 %",
            f"{percent(mean(sound), signed=True) if sound else '-'} over {len(sound)}",
        ),
    ]
    small = [row for row in rows if row.cases <= 40]
    return [*found, *((f"{row.file}: proven", "optimal", row.status) for row in small)]


def _short(rows: Rows, limit: float) -> list[Line]:
    if not rows:
        return []
    name = f"departments after {SHORT:g} s: at or below the yardstick's {limit:g} s"
    return [(name, "7 of 9", _of(at_or_below(rows, 1)))]


def _external(rows: Rows) -> list[Line]:
    surgery = [row for row in rows if row.file.startswith(SURGERY)]
    tests = [row for row in rows if row.file.startswith(TESTS)]
    found = []
    if surgery:
        near = sum((cost(r) or 1e12) <= 1.01 * better_known(r.file) for r in surgery)
        found += [
            ("IHTC: at or below the yardstick", "all", _of(at_or_below(surgery, 1))),
            (
                "IHTC: within 1 % of the better of yardstick and published part",
                "8 of 10",
                f"{near} of {len(surgery)}",
            ),
        ]
    if tests:
        left = ", ".join(whole(cost(row)) for row in tests)
        found.append(("prob073: tests left out", "0 each", left))
    return found


def _bound(rows: Rows) -> list[Line]:
    known = [row for row in rows if row.file in BOUNDS and row.bound is not None]
    if not known:
        return []
    good = sum((row.bound or 0) >= BOUNDS[row.file] for row in known)
    return [("own bound at or above the best known before", "", f"{good} of {len(known)}")]


def _speedup(rows: Rows) -> list[Line]:
    found = compared(rows)
    share = typical(found)
    if share is None:
        return []
    name = f"two workers against one: speed-up to the one-worker cost, median of {len(found)}"
    return [(name, "1.5", f"{share:.2f}")]


def _disrupted(rows: Rows) -> list[Line]:
    found = pairs(rows)
    if not found:
        return []
    of = totals(found)
    moves = f"{of.moved} against {of.moved_free}"
    costs = f"{whole(of.cost)} against {whole(of.cost_free)}"
    return [
        ("disrupted: moves against a plan without move prices", "under half", moves),
        ("disrupted: cost against the same, in total", "no higher", costs),
    ]


def _first(rows: Rows) -> list[Line]:
    """The first plan that leaves out nothing mandatory, on the slowest department."""
    if not rows:
        return []
    firsts = [row.first_seconds for row in rows if row.first_seconds is not None]
    first = f"{max(firsts):.2f} s" if len(firsts) == len(rows) else "not on every file"
    return [("departments: first whole plan, slowest file", "2 s", first)]


def _memory(rows: Rows) -> list[Line]:
    if not rows:
        return []
    return [("memory, largest", "600 MB", f"{max(row.memory_mb for row in rows)} MB")]
