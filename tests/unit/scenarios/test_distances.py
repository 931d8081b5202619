"""Distances come from a file, as no referral says them."""

import pytest

from models.errors import InputError
from scenarios.distances import parse_distances, with_distances, without_distance
from tests.unit.scenarios.edits import worlds


def _read(text: str) -> dict[str, float]:
    return parse_distances(text, place="km.csv")


def test_ids_are_of_patients_or_referrals() -> None:
    """The referral's own comes before the patient's; what is not given stays unknown."""
    practice = worlds.practice(*(worlds.known(name) for name in "ABC"))
    drawn = practice.changed(drawn_from=practice.known)
    after = with_distances(drawn, _read("id,km\nA,12.5\npat-A,99\n\npat-B,0\nsomebody,7\n"))
    assert [known.distance_km for known in after.known] == [12.5, 0.0, None]
    assert after.sources == after.known
    assert without_distance(after).startswith("how far some patients live away is not known")


def test_who_is_known_stays_known() -> None:
    once = with_distances(worlds.practice(worlds.known("A")), {"A": 3.0})
    assert with_distances(once, {}) == once
    assert without_distance(once) == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A", "'A' is not an id and a distance"),
        (",4", "',4' is not an id and a distance"),
        ("A,4,5", "'A,4,5' is not an id and a distance"),
        ("A,far", "'far' is no number"),
        ("A,-1", "-1 km is no distance from 0 to 21,000 km"),
        ("A,nan", "nan km is no distance from 0 to 21,000 km"),
        ("B,5", "B has 4 km already"),
    ],
)
def test_every_bad_line_is_told(line: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        _read(f"id,km\nB,4\n{line}\nC,x\n")
    assert str(told.value) == (
        f"km.csv: line 3: {said}; line 4: 'x' is no number; correct these lines"
    )


@pytest.mark.parametrize("text", ["", "patient,km\nA,4\n", "A,4\n"])
def test_another_header_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the first line is not `id,km`"):
        _read(text)
