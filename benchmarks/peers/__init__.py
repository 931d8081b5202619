"""Everything that plans in the benchmarks: Holdfast itself, and what others use instead."""

import shutil
from functools import partial
from importlib.util import find_spec

from benchmarks.peers import cpsat_model, own, pyjobshop_model
from benchmarks.peers.first_fit import first_fit_plan
from benchmarks.peers.peer import Answer, Limits, Offer, Peer
from models.checks.scorecard import score
from models.problem import PlanningProblem

OWN = "holdfast"


def _first_fit(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    del limits
    plan = first_fit_plan(problem)
    offer(score(problem, plan).cost)
    return Answer(plan, "feasible")


def _one_model(workers: int, problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    return cpsat_model.one_model(problem, Limits(limits.seconds, workers, limits.seed), offer)


def _no_timefold() -> str:
    if find_spec("timefold") is None:
        return "no Python package 'timefold' is installed, and the package index offers none"
    if shutil.which("java") is None:
        return "Timefold needs a JDK, and no 'java' is on the path"
    return "the Python edition of Timefold has ended, and no model is kept for it"


def _no_model(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    del problem, limits, offer
    return Answer(None, "no model")


ALL = (
    Peer(OWN, "this project's optimiser", own.plan, own=True),
    Peer("first-fit", "greedy by priority, first free start", _first_fit),
    Peer("cpsat-2", "one CP-SAT model, first fit as hint, 2 workers", partial(_one_model, 2)),
    Peer("cpsat-8", "one CP-SAT model, first fit as hint, 8 workers", partial(_one_model, 8)),
    Peer(
        "pyjobshop",
        "PyJobShop 0.0.9, a task per need, first fit as warm start, 8 workers",
        lambda problem, limits, offer: pyjobshop_model.job_shop(
            problem, Limits(limits.seconds, 8, limits.seed), offer
        ),
        pyjobshop_model.missing,
    ),
    Peer("timefold", "Timefold", _no_model, _no_timefold),
    Peer(
        "free-moves",
        "this project's optimiser, told that moves cost nothing",
        own.plan_freely,
        own=True,
    ),
)
__all__ = ["ALL", "BY_NAME", "OWN", "USUAL", "Limits", "Peer"]

BY_NAME = {peer.name: peer for peer in ALL}
USUAL = ("first-fit", "cpsat-2", "cpsat-8", "pyjobshop", "timefold")
