"""Reading histories: nothing is dropped without a word."""

from pathlib import Path

import pytest

from models.errors import InputError
from scenarios.fitting.columns import MAPS, OWN_MAP, ColumnMap, column_map
from scenarios.fitting.history import read_history
from tests.unit.scenarios.fitting.files import CHICAGO, case, lost, read, write


def test_minutes_are_those_from_start_to_end(tmp_path: Path) -> None:
    history = read(tmp_path, [case()])
    # 09:10 to 10:25
    assert list(history.rows["actual_minutes"]) == [75.0]
    assert history.bad == ()


def test_minutes_of_a_room_are_those_from_in_to_out(tmp_path: Path) -> None:
    columns = ColumnMap(
        name="rooms",
        minutes="room",
        columns={"procedure": "what", "in_at": "from", "out_at": "to"},
    )
    path = tmp_path / "rooms.csv"
    path.write_text("what, from ,to\n123,2026-03-02 08:55,2026-03-02T10:30\n")
    # 08:55 to 10:30; the header's blanks do not matter
    assert list(read_history(path, columns).rows["actual_minutes"]) == [95.0]


def test_minutes_pass_as_clocks_do_when_these_change(tmp_path: Path) -> None:
    # 2026-03-08 in Chicago: from 01:30 CST to 03:30 CDT it is one hour
    night = case("2026-03-08", start_at="2026-03-08T01:30", end_at="2026-03-08T03:30")
    assert list(read(tmp_path, [night]).rows["actual_minutes"]) == [60.0]


def test_an_offset_is_heeded(tmp_path: Path) -> None:
    mixed = case(start_at="2026-03-02T15:10Z", end_at="2026-03-02T10:25")
    # 15:10 in UTC is 09:10 in Chicago
    assert list(read(tmp_path, [mixed]).rows["actual_minutes"]) == [75.0]


def test_seconds_may_have_fractions(tmp_path: Path) -> None:
    fine = case(start_at="2026-03-02T09:00:00.25", end_at="2026-03-02T10:00:00.25")
    assert list(read(tmp_path, [fine]).rows["actual_minutes"]) == [60.0]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"procedure": ""}, "no procedure"),
        ({"start_at": "yesterday"}, "start_at 'yesterday' is no time"),
        ({"start_at": "2026-03-08T02:30"}, "is no time there is once"),  # skipped by the clock
        ({"booked_minutes": "long"}, "booked_minutes 'long' is no number"),
        ({"booked_minutes": "0"}, "booked for no time"),
        ({"levels": "inf"}, "levels 'inf' are no whole number"),
        ({"levels": "-1"}, "levels '-1' are no whole number"),
        ({"end_at": ""}, "done, but start_at or end_at is not known"),
        ({"end_at": "2026-03-02T09:00"}, "end_at is not after start_at"),
        ({"end_at": "2026-03-04T09:00"}, "longer than 1440 minutes"),
        ({"status": "doen"}, "status 'doen' is none of done, cancelled, no-show"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, fault: dict[str, str], says: str) -> None:
    history = read(tmp_path, [case(), case(**fault), case()])
    assert [row.line for row in history.bad] == [3]
    assert says in history.bad[0].why
    assert list(history.rows.index) == [2, 4]


def test_lines_are_counted_through_texts_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    good = "2026-03-02T09:00,2026-03-02T10:00"
    path.write_text(f'procedure,start_at,end_at\n"port\nplacement",{good}\nport,{good},9\n')
    history = read_history(path, OWN_MAP)
    # the first record covers lines 2 and 3
    assert [str(row) for row in history.bad] == ["line 4: 4 fields where the header has 3"]


def test_rows_are_in_order_of_time_and_cancelled_ones_are_kept(tmp_path: Path) -> None:
    history = read(tmp_path, [case("2026-03-03"), lost("cancelled"), case("2026-03-01")])
    assert list(history.rows.index) == [4, 3, 2]
    assert len(history.done) == 2


def test_a_missing_column_is_one_sentence_with_the_nearest(tmp_path: Path) -> None:
    row = case()
    row["ended_at"] = row.pop("end_at")
    with pytest.raises(InputError) as caught:
        read(tmp_path, [row])
    assert "there is no column 'end_at'" in str(caught.value)
    assert "the nearest is 'ended_at'" in str(caught.value)
    assert "history.csv" in str(caught.value)


def test_a_history_without_one_good_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of 1 rows can be used, the first is line 2"):
        read(tmp_path, [case(procedure="")])


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("procedure,procedure,start_at,end_at\n")
    with pytest.raises(InputError, match="the column 'procedure' is there twice"):
        read_history(path, OWN_MAP)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(b"procedure\n\xff\xfe\n")
    with pytest.raises(InputError, match="cannot be read as CSV"):
        read_history(path, OWN_MAP)


def test_a_file_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read: No such file or directory; check"):
        read_history(tmp_path / "nix.csv", OWN_MAP)


def test_statuses_may_have_other_names(tmp_path: Path) -> None:
    columns = OWN_MAP.model_copy(update={"statuses": {"dna": "no-show", "cnx": "cancelled"}})
    history = read(tmp_path, [case(), lost("DNA"), lost("cnx")], columns)
    assert list(history.rows["status"]) == ["done", "no-show", "cancelled"]


def test_a_shipped_map_is_found_by_name() -> None:
    assert column_map("or-utilization") is MAPS["or-utilization"]


def test_an_unknown_map_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="the nearest is 'or-utilization'"):
        column_map("or-utilisation")


def test_a_map_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nminutes: room\ncolumns: {procedure: Proc, in_at: In, out_at: Out}\n"
    )
    assert column_map(str(path)).columns["in_at"] == "In"


def test_a_map_with_a_column_that_a_history_does_not_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: own\ncolumns: {surgeon: Who}\n")
    with pytest.raises(InputError, match="surgeon"):
        column_map(str(path))


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Chikago"):
        read_history(write(tmp_path, [case()]), OWN_MAP, timezone="America/Chikago")


def test_hours_are_those_of_the_site(tmp_path: Path) -> None:
    assert str(read(tmp_path, [case()]).rows["start_at"].dt.tz) == CHICAGO
