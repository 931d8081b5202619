import pytest

from models.errors import InputError
from scenarios.scenario_files import parse_scenario
from scenarios.sweeps import expand

BASE = """
name: try
edits:
  - {kind: scale-demand, factor: 1}
  - {kind: notice, hours: 24}
"""


SEEDS = f"{{at: edits.0.seed, values: {[*range(21)]}}}"
HOURS = f"{{at: edits.1.hours, values: {[*range(20)]}}}"


def labels(sweeps: str) -> list[str]:
    return [point.label for point in expand(parse_scenario(f"{BASE}sweep: {sweeps}", "own.yaml"))]


def refused(sweeps: str) -> str:
    with pytest.raises(InputError) as caught:
        labels(sweeps)
    return str(caught.value)


def test_without_a_sweep_there_is_one_point() -> None:
    document = parse_scenario(BASE, "own.yaml")
    (point,) = expand(document)
    assert (point.label, point.values, point.scenario) == ("", {}, document.scenario)


def test_a_sweep_gives_a_scenario_for_each_value() -> None:
    text = f"{BASE}sweep: [{{at: edits.1.hours, values: [24, 48]}}]"
    one, two = expand(parse_scenario(text, "own.yaml"))
    assert two.scenario.name == "try@hours=48"
    assert two.values == {"edits.1.hours": 48}
    assert two.scenario.words()[1] == "Give patients 48 hours of notice."
    assert one.scenario.edits == parse_scenario(BASE, "own.yaml").edits


def test_two_sweeps_give_all_combinations() -> None:
    both = "[{at: edits.0.factor, values: [0.8, 1.2]}, {at: edits.1.hours, values: [24, 48]}]"
    assert labels(both) == [
        "factor=0.8,hours=24",
        "factor=0.8,hours=48",
        "factor=1.2,hours=24",
        "factor=1.2,hours=48",
    ]


def test_two_sweeps_of_edits_of_one_kind_can_be_told_apart() -> None:
    both = "[{at: edits.0.seed, values: [1]}, {at: edits.2.seed, values: [2]}]"
    text = f"{BASE}  - {{kind: scale-demand, factor: 1, procedure: a}}\nsweep: {both}"
    (point,) = expand(parse_scenario(text, "own.yaml"))
    assert point.label == "edits.0.seed=1,edits.2.seed=2"


def test_two_sweeps_of_one_member_are_told_apart_by_the_kinds_of_their_edits() -> None:
    both = "[{at: edits.0.factor, values: [0.8]}, {at: edits.2.factor, values: [2]}]"
    text = f"{BASE}  - {{kind: scale-durations, factor: 1}}\nsweep: {both}"
    (point,) = expand(parse_scenario(text, "own.yaml"))
    assert point.label == "scale-demand.factor=0.8,scale-durations.factor=2"
    assert point.scenario.title.endswith(": scale-demand.factor=0.8, scale-durations.factor=2")


def test_values_may_be_lists_with_labels() -> None:
    text = """
name: try
edits:
  - {kind: set-policies, policies: [a]}
sweep:
  - {at: edits.0.policies, values: [[a, b], [b, a]], labels: [a first, b first]}
"""
    points = expand(parse_scenario(text, "own.yaml"))
    assert [point.label for point in points] == ["policies=a first", "policies=b first"]
    assert points[1].scenario.words() == ("Hold drugs by b first, then by a.",)


def test_a_member_within_a_member_is_reached() -> None:
    text = """
name: try
edits:
  - {kind: prices, prices: {wait_per_day: {routine: 25}}}
sweep:
  - {at: edits.0.prices.wait_per_day.routine, values: [50]}
"""
    (point,) = expand(parse_scenario(text, "own.yaml"))
    assert point.scenario.words() == ("Change prices, in points: wait per day routine 50.",)


@pytest.mark.parametrize(
    ("sweeps", "sentence"),
    [
        (
            "[{at: edits.0.facter, values: [1]}]",
            "own.yaml: sweep: edits.0.facter: there is no member 'facter'; nearest: factor",
        ),
        ("[{at: edits.2.factor, values: [1]}]", "there are 2 edits, edits.0 to edits.1"),
        ("[{at: edits.0.kind, values: [notice]}]", "a kind is not swept"),
        ("[{at: name, values: [a]}]", "such as edits.0.factor"),
        ("[{at: edits.0.factor, values: []}]", "is too short: at least 1"),
        (
            "[{at: edits.0.factor, values: [1, -1]}]",
            "own.yaml: sweep, edit 1 (scale-demand): edits.0.factor = -1: factor: must be",
        ),
        (
            "[{at: edits.0.factor, values: [1]}, {at: edits.0.factor, values: [2]}]",
            "edits.0.factor is swept twice",
        ),
        ("[{at: edits.0.factor, values: [1, 2], labels: [one]}]", "need as many labels"),
        (
            f"[{SEEDS}, {HOURS}]",
            "sweep: 420 points are more than 400",
        ),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(sweeps: str, sentence: str) -> None:
    assert sentence in refused(sweeps)
