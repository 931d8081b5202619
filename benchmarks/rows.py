"""One row of the benchmark, and the file that keeps rows from one run to the next."""

import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

MARKS = (1, 2, 5, 10, 20, 40, 60)
"""Seconds at which the anytime curve is read off."""

Curve = tuple[tuple[float, int], ...]
Key = tuple[str, str, float, int, int, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What one solver made of one problem. Costs and violations are the independent checker's.

    `limit`, `workers` and `seed` were asked for; `problem` and `code` identify what was solved and
    what solved it. `moved` counts bookings that changed their start or fell out, `reassigned` those
    that kept it and changed resources alone. `curve` has seconds and cost of each better plan, as
    the solver told it.
    """

    file: str
    family: str
    cases: int
    solver: str
    limit: float
    workers: int
    seed: int
    status: str
    cost: int | None
    bound: int | None
    bound_kind: str
    placed: int
    moved: int
    violations: int
    first_seconds: float | None
    seconds: float
    memory_mb: int
    problem: str
    code: str
    note: str = ""
    reassigned: int = 0
    curve: Curve = ()

    @property
    def key(self) -> Key:
        """What a run would have to share to give this row again."""
        return (
            self.file,
            self.solver,
            self.limit,
            self.workers,
            self.seed,
            self.problem,
            self.code,
        )

    @property
    def stands(self) -> bool:
        """Whether there is a plan and the checker has nothing against it."""
        return self.cost is not None and self.violations == 0

    @property
    def gap(self) -> float | None:
        """`(cost - bound) / cost`; None without a plan that stands or a bound."""
        if not self.stands or self.bound is None or self.cost is None:
            return None
        return (self.cost - self.bound) / self.cost if self.cost else 0.0

    def cost_at(self, seconds: float) -> int | None:
        """The best cost known after so many seconds; None before the first plan, past the limit."""
        known = [cost for at, cost in self.curve if at <= seconds]
        return min(known) if known and seconds <= self.limit else None

    def seconds_to(self, cost: float) -> float | None:
        """When a plan as good as that was first known."""
        return next((at for at, found in self.curve if found <= cost), None)


def as_json(row: Row) -> str:
    """A row on one line."""
    return json.dumps(asdict(row))


def from_json(text: str) -> Row:
    """The row of a line."""
    data = json.loads(text)
    curve = tuple((float(at), int(cost)) for at, cost in data.pop("curve"))
    return Row(**data, curve=curve)


def write_csv(path: Path, rows: list[Row]) -> None:
    """All members, the cost at each mark of the curve, and the curve itself as JSON."""
    names = [f.name for f in fields(Row) if f.name != "curve"]
    marks = [f"cost_{mark}s" for mark in MARKS]
    with path.open("w", newline="") as sink:
        writer = csv.DictWriter(sink, [*names, "gap", *marks, "curve"])
        writer.writeheader()
        for row in rows:
            gap = "" if row.gap is None else f"{row.gap:.4f}"
            at: dict[str, Any] = {f"cost_{mark}s": row.cost_at(mark) for mark in MARKS}
            plain = asdict(row) | at | {"gap": gap, "curve": json.dumps(row.curve)}
            writer.writerow(plain)


def read_csv(path: Path) -> list[Row]:
    """The rows of a file that `write_csv` wrote; none when there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="") as source:
        return [_row(record) for record in csv.DictReader(source)]


def _row(record: dict[str, str]) -> Row:
    def number(name: str) -> int | None:
        return int(record[name]) if record[name] else None

    first = record["first_seconds"]
    return Row(
        file=record["file"],
        family=record["family"],
        cases=int(record["cases"]),
        solver=record["solver"],
        limit=float(record["limit"]),
        workers=int(record["workers"]),
        seed=int(record["seed"]),
        status=record["status"],
        cost=number("cost"),
        bound=number("bound"),
        bound_kind=record["bound_kind"],
        placed=int(record["placed"]),
        moved=int(record["moved"]),
        violations=int(record["violations"]),
        first_seconds=float(first) if first else None,
        seconds=float(record["seconds"]),
        memory_mb=int(record["memory_mb"]),
        problem=record["problem"],
        code=record["code"],
        note=record["note"],
        reassigned=int(record.get("reassigned", 0)),
        curve=tuple((float(a), int(c)) for a, c in json.loads(record["curve"])),
    )
