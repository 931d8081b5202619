"""What a history tells of durations is what a replay books and draws, level by level."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.clinical.facts import Facts
from models.clinical.readiness import Readiness
from models.patients import Referral
from scenarios.fitting.fit import Fitted, fit_history
from scenarios.fitting.planning import with_durations
from scenarios.replay.lengths import Lengths
from scenarios.replay.office import Office
from tests.contract.department import patient, referral
from tests.unit.scenarios.fitting.files import write
from tests.unit.scenarios.replay.departments import RULES, small_practice

KEY = "vertebroplasty-lumbosacral"
"""Of the catalogue: 60 minutes, 20 for each further level, 17 where it is bilateral."""
BEGIN = datetime(2026, 3, 2, 15, tzinfo=UTC)
MEDIANS = {1: 60, 2: 80, 3: 100}
"""Actual minutes in the history by levels, whatever was booked."""
SPREAD = [0.7 + 0.01 * step for step in range(61)]
"""Evenly from 0.7 to 1.3 times the median."""
DRAWS = [(n + 0.5) / 1000 for n in range(1000)]

Row = dict[str, str]


def row(minutes: float, **given: str) -> Row:
    end = BEGIN + timedelta(minutes=minutes)
    usual = {"procedure": KEY, "start_at": BEGIN.isoformat(), "end_at": end.isoformat()}
    return usual | {"booked_minutes": ""} | given


def history(booked: dict[int, str], medians: dict[int, int] = MEDIANS) -> list[Row]:
    """61 cases of each number of levels, booked so."""
    return [
        row(median * times, levels=str(levels), booked_minutes=booked.get(levels, ""))
        for levels, median in medians.items()
        for times in SPREAD
    ]


HISTORIES = {
    "flat": history({1: "60", 2: "60", 3: "60"}),
    "not booked": history({}),
    "as the catalogue": history({1: "60", 2: "80", 3: "100"}),
    "uneven": history({1: "50", 2: "75", 3: "110"}),
}


def fit_of(folder: Path, rows: list[Row]) -> Fitted:
    return fit_history(write(folder, rows))


@pytest.fixture(scope="module")
def fits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fitted]:
    folder = tmp_path_factory.mktemp("histories")
    return {name: fit_of(folder, rows) for name, rows in HISTORIES.items()}


@dataclass(frozen=True)
class Replayed:
    """A case in a practice that has taken a history over."""

    lengths: Lengths
    facts: Facts
    readiness: Readiness

    @property
    def booked(self) -> int:
        return self.lengths.minutes(self.facts, self.readiness).planned

    def actual(self, level: float, doctor: str = "dr-1") -> float:
        catalogue = self.lengths.minutes(self.facts, self.readiness).catalogue
        return self.lengths.actual(self.facts, self.readiness, doctor, catalogue, level)

    def share_in_time(self, *doctors: str) -> float:
        """Of draws by these doctors alike: how many take no longer than booked."""
        drawn = [self.actual(level, who) for who in doctors or ("dr-1",) for level in DRAWS]
        return sum(minutes <= self.booked for minutes in drawn) / len(drawn)


def order(levels: int, *flags: str) -> Referral:
    asked = frozenset({"failed-conservative", *flags})
    return referral("A", "pA", levels=("L2", "L3", "L4", "L5")[:levels], flags=asked)


def replayed(
    fitted: Fitted,
    asked: Referral,
    quantile: float | None = None,
    needs: tuple[str, ...] = (),
) -> Replayed:
    """The case as a replay takes it in; `needs` are what rules add."""
    durations = fitted.assumptions.durations.model_copy(update={"planned_quantile": quantile})
    practice = with_durations(small_practice(), durations, fitted.booked_minutes, "log")
    file = Office(practice, RULES).take_in(patient("pA"), asked)
    assert file.facts is not None
    lengths = Lengths(durations)
    assessed = file.readiness.model_copy(update={"needs": needs, "extra_minutes": 0})
    return Replayed(lengths, file.facts, lengths.planned(file.facts, assessed))


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_the_median_of_a_replay_is_that_of_the_history(
    fits: dict[str, Fitted], name: str, levels: int
) -> None:
    # at most k = 2 cases are chosen to count for the procedure, whose median is within 30 minutes:
    # 30 * 2 / (61 + 2) = 1 minute; the median of 61 cases has a standard error of 2.3 and more
    found = replayed(fits[name], order(levels)).actual(0.5)
    assert found == pytest.approx(MEDIANS[levels], abs=1.0)


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_where_the_history_books_as_the_catalogue_nothing_is_drawn_to_other_levels(
    fits: dict[str, Fitted], levels: int
) -> None:
    case = replayed(fits["as the catalogue"], order(levels))
    assert case.actual(0.5) == pytest.approx(MEDIANS[levels])


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("quantile", [0.5, 0.75, 0.9])
def test_the_booked_quantile_suffices_for_its_share(
    fits: dict[str, Fitted], name: str, levels: int, quantile: float
) -> None:
    case = replayed(fits[name], order(levels), quantile)
    # evenly from 0.7 to 1.3 times the median: the share q takes up to 0.7 + 0.6 q times it
    expected = MEDIANS[levels] * (0.7 + 0.6 * quantile)
    assert case.booked == pytest.approx(expected, rel=0.025)
    # whole minutes, of 36 or more that it spreads over: half of one is a share of 0.014 at most
    assert case.share_in_time() == pytest.approx(quantile, abs=0.015)


def test_without_a_quantile_the_minutes_of_the_history_are_booked(fits: dict[str, Fitted]) -> None:
    for name, booked in (("flat", [60, 60, 60]), ("as the catalogue", [60, 80, 100])):
        assert [replayed(fits[name], order(n)).booked for n in (1, 2, 3)] == booked


def test_minutes_that_are_no_line_are_booked_by_the_median_for_a_further_level(
    fits: dict[str, Fitted],
) -> None:
    # 75 - 50 = 25 for the second, (110 - 50) / 2 = 30 for each of two: the median is 27.5, so 28
    assert [replayed(fits["uneven"], order(n)).booked for n in (1, 2, 3)] == [50, 78, 106]


def test_levels_never_seen_take_the_procedures_ratios_to_what_is_booked_for_them(
    tmp_path: Path,
) -> None:
    evenly = fit_of(tmp_path, history({1: "60", 2: "80"}, {1: 60, 2: 80}))
    # 60 + 2 * 20 booked, and cases take what is booked for them
    assert replayed(evenly, order(3)).actual(0.5) == pytest.approx(100)


def test_where_only_one_level_was_seen_the_catalogue_tells_of_more(tmp_path: Path) -> None:
    only_one = fit_of(tmp_path, history({1: "50"}, {1: 60}))
    # booked 50 + 2 * 20, and a case takes 60 / 50 of what is booked: 108
    case = replayed(only_one, order(3))
    assert case.booked == 90
    assert case.actual(0.5) == pytest.approx(108)


def test_where_only_more_levels_were_seen_one_is_booked_for_less(tmp_path: Path) -> None:
    only_two = fit_of(tmp_path, history({2: "90"}, {2: 90}))
    # by the catalogue's 20 for the second level, 70 are left for the first
    assert [replayed(only_two, order(n)).booked for n in (1, 2)] == [70, 90]
    assert replayed(only_two, order(2)).actual(0.5) == pytest.approx(90)


def test_a_history_that_does_not_tell_levels_has_them_among_its_cases(tmp_path: Path) -> None:
    untold = [row(60 * times, booked_minutes="60") for times in SPREAD]
    assert replayed(fit_of(tmp_path, untold), order(3)).actual(0.5) == pytest.approx(60)


def test_what_no_history_tells_is_not_added_again(fits: dict[str, Fitted]) -> None:
    # the cases of the history took 60 minutes with those among them that were bilateral or in CT
    case = replayed(fits["flat"], order(1, "bilateral", "ct-guidance"))
    assert case.booked == 60
    assert case.actual(0.5) == pytest.approx(60, abs=1)


def test_deeper_sedation_is_booked_as_it_takes(tmp_path: Path) -> None:
    minutes = {"moderate": 60, "deep": 90}
    rows = [
        row(median * times, booked_minutes="60", levels="1", sedation=sedation)
        for sedation, median in minutes.items()
        for times in SPREAD
    ]
    fitted = fit_of(tmp_path, rows)
    for needs, median in (((), 60), (("deep",), 90)):
        case = replayed(fitted, order(1), 0.5, needs)
        assert case.booked == median
        assert case.share_in_time() == pytest.approx(0.5, abs=0.015)


def test_who_carries_it_out_is_not_known_when_it_is_booked(tmp_path: Path) -> None:
    by_doctor = {"dr-quick": 50, "dr-slow": 70}
    rows = [
        row(median * times, booked_minutes="60", levels="1", sedation="moderate", proceduralist=who)
        for who, median in by_doctor.items()
        for times in SPREAD
    ]
    case = replayed(fit_of(tmp_path, rows), order(1), 0.75)
    assert case.actual(0.5, "dr-quick") == pytest.approx(50, abs=0.5)
    assert case.actual(0.5, "dr-slow") == pytest.approx(70, abs=0.5)
    # it suffices for three in four of all, of the quick one's for more
    assert case.share_in_time("dr-quick", "dr-slow") == pytest.approx(0.75, abs=0.015)
    assert case.share_in_time("dr-quick") > 0.9


def test_the_catalogues_minutes_stay_known_whatever_is_booked(tmp_path: Path) -> None:
    quick = [row(21 * times, booked_minutes="61", levels="1") for times in SPREAD]
    case = replayed(fit_of(tmp_path, quick), order(1), 0.5)
    assert case.lengths.minutes(case.facts, case.readiness) == (61, 21)
