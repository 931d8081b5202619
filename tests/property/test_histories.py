"""Whatever stands in a history file, each row is used or named; what is fitted is kept whole."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import InputError
from scenarios.assumptions import Durations
from scenarios.durations import ratio_for
from scenarios.fitting.columns import COLUMNS, OWN_MAP
from scenarios.fitting.fit import fit
from scenarios.fitting.history import read_history

CELLS = {
    "procedure": ["port-placement", "22511", "{x}", ""],
    "levels": ["", "1", "3", "-1", "1.5", "inf", "nan"],
    "booked_minutes": ["", "60", "0", "1e400", "nan", "sixty"],
    "status": ["", "done", "No-Show", "cancelled", "lost"],
    "start_at": ["2026-03-02T09:00", "2026-03-08 02:30", "9999-12-31", "0001-01-01", "9:00", ""],
    "end_at": [
        "2026-03-02T10:00",
        "2026-03-02T11:30",
        "2026-03-02T16:00Z",
        "2026-03-02T08:00",
        "20260302",
        "",
    ],
    "referred_at": ["", "2026-02-01", "x"],
    "hold": ["", "yes", "No", "maybe"],
}
rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CELLS.items()})


def text_of(drawn: list[dict[str, str]]) -> str:
    lines = [",".join(CELLS), *(",".join(row[name] for name in CELLS) for row in drawn)]
    return "\n".join(lines)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, min_size=1, max_size=6))
def test_every_row_is_used_or_named(drawn: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.csv"
        path.write_text(text_of(drawn), encoding="utf-8")
        try:
            history = read_history(path, OWN_MAP, timezone="America/Chicago")
        except InputError as error:
            assert "rows can be used" in str(error)  # noqa: PT017 - one of two outcomes, both checked
            return
    named = [row.line for row in history.bad]
    assert sorted([*history.rows.index, *named]) == list(range(2, len(drawn) + 2))
    assert set(history.rows.columns) >= set(COLUMNS)
    if len(history.done):
        durations = fit(history).assumptions.durations
        assert Durations.model_validate_json(durations.model_dump_json()) == durations
        assert ratio_for(durations, ("port-placement", "1")).values[0] > 0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_history_are_refused_in_one_sentence(noise: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.csv"
        path.write_bytes(noise)
        try:
            read_history(path, OWN_MAP)
        except InputError as error:
            said = str(error)
        assert str(path) in said
