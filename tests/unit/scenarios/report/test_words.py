"""Figures and texts as people, and plots, read them."""

from dataclasses import replace

import pytest

from scenarios.report.data import Estimate
from scenarios.report.words import (
    beside,
    class_words,
    difference,
    duration,
    extent,
    figure,
    interval,
    joined,
    number,
    plot_text,
)
from tests.unit.scenarios.report import sample


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.456, "0.46"), (12.34, "12.3"), (81_240.4, "81,240"), (-2.0, "\u22122.00")],
)
def test_numbers_have_the_decimals_that_their_size_is_worth(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("cox1_antiplatelet", "COX-1 antiplatelet"),
        ("doac_iia", "DOAC IIa"),
        ("gp2b3a", "GP IIb/IIIa"),
        ("beta blocker", "beta blocker"),
    ],
)
def test_classes_of_drugs_have_their_usual_spelling(key: str, words: str) -> None:
    assert class_words(key) == words


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert number(-0.001, 1, signed=True) == "0.0"


def test_signed_numbers_have_a_plus() -> None:
    assert number(1300, signed=True) == "+1,300"


def test_shares_are_shown_in_per_cent_and_differ_in_points() -> None:
    assert figure(0.8125, "share") == "81.2\u00a0%"
    assert difference(Estimate(-0.0123), "share") == "\u22121.2"
    assert interval(Estimate(0.0, -0.032, 0.008), "share") == "\u22123.2 to +0.8"


def test_both_ends_of_an_interval_have_the_same_decimals() -> None:
    assert interval(Estimate(6.0, -0.5, 12.5), "hours") == "\u22120.5 to +12.5"


def test_a_figure_without_an_interval_says_so() -> None:
    assert interval(Estimate(3.0), "days") == "none"
    assert difference(None, "days") == "no figure"
    assert figure(None, "days") == "no figure"


def test_a_unit_that_the_name_says_is_not_said_twice() -> None:
    assert beside("Hours off drugs", "hours") == ""
    assert beside("Mean waiting", "days") == "days"
    assert beside("Use of suites", "share") == "%"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.84, "0.8 s"), (59.96, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_spans_of_computing_time(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_texts_for_plots_hold_no_markup_but_line_breaks() -> None:
    assert plot_text("<b>a</b> & b", 40) == "&lt;b&gt;a&lt;/b&gt; &amp; b"


def test_long_texts_for_plots_are_wrapped_and_cut() -> None:
    assert plot_text("one two three four", 8, 2) == "one two<br>three\u2026"


@pytest.mark.parametrize(
    ("parts", "shown"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_parts_are_joined_as_in_speech(parts: list[str], shown: str) -> None:
    assert joined(parts) == shown


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((20, 20), "replay, 20 replications"),
        ((3, 2), "replay, 2 to 3 replications"),  # it was stopped
        ((1, 1), "replay, 1 replication"),
    ],
)
def test_how_often_a_replay_ran_is_told(counts: tuple[int, int], words: str) -> None:
    first, second = counts
    ran = replace(sample.making(), mode="replay", replications=(("a", first), ("b", second)))
    assert extent(ran) == words


def test_a_plan_is_of_one_night() -> None:
    assert extent(replace(sample.making(), mode="plan")) == "plan of one night"
