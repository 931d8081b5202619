"""The threads of one optimisation: searches that share their best plan, and the one that proves.

Workers anneal, cool early and warm up once more. One of them proves as well: alone it takes turns
with its search, beside others it does so when all have cooled, so that as many cores are busy as
there are workers. Where days and rooms decide, workers solve exact pieces instead; small problems
and pure packings go to CP-SAT. Then a thread of its own proves. The run ends when cost and bound
meet. Threads are enough: compiled code and CP-SAT do not hold the lock of the interpreter.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from solver.bound import Bound, own_cost_bound, whole_prices
from solver.bound_day import DayModel, day_model, prices_of_time, relaxed_bound
from solver.bound_packing import packing_bounds
from solver.cpsat.days import assign_days
from solver.cpsat.packing import only_places_count, packings
from solver.cpsat.rooms import RoomModel, room_model
from solver.cpsat.whole import Standing, solve_whole
from solver.improve import Search, Solution
from solver.improve_arrays import Compiled, Ints
from solver.improve_days import DayMoves
from solver.improve_rooms import RoomMoves

SLICE_SECONDS = 0.1
SLICE_ITERATIONS = 100
EXCHANGES = 25
ROOMS_FROM = 0.05
PIECE_SHARE = 0.017
LEAST_PIECE, MOST_PIECE = 0.3, 2.0
EXCHANGE_FROM = 0.3
LINEAR_SHARE = 0.4
ASSIGNMENT_SHARE = 0.2
PACKED_SHARE = 0.35
COOLED = 0.6
WARM = 0.55
LINEAR_FROM = 0.03
PROOF_FROM = 0.62
SEARCH_PER_PROOF = 2.0
FRUITLESS_STEPS = 16
SEED_STEP = 7919
WHOLE_CASES = 60
PACKING_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Limits:
    """When to end: seconds, or iterations of each worker where given; whether to prove a bound."""

    seconds: float
    workers: int
    seed: int
    max_iterations: int | None
    prove: bool = True


class Team:
    """Searches on one compiled problem. `best` and `bound` may be read at any time."""

    def __init__(self, compiled: Compiled, limits: Limits) -> None:
        self._began = time.monotonic()
        self._compiled = compiled
        self._limits = limits
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._failure: BaseException | None = None
        self._model: DayModel | None = None
        self._days: Ints | None = None
        self._threads: list[threading.Thread] = []
        self._searching = 0
        self.bound: Bound = own_cost_bound(compiled)
        first = Search(compiled, limits.seed)
        first.construct()
        self.searches = [first]
        self._rooms: RoomModel | None = None
        self.best: Solution = first.best()

    def start(self) -> None:
        """Begin searching and proving."""
        for number in range(1, self._limits.workers):
            search = Search(self._compiled, self._limits.seed + SEED_STEP * number)
            search.adopt(self.best)
            self.searches.append(search)
        if self._limits.max_iterations is None:
            self._rooms = room_model(self._compiled)
        tasks: list[Callable[[], None]] = [
            partial(self._way(number), search) for number, search in enumerate(self.searches)
        ]
        self._searching = len(tasks)
        if self._proves_apart and self._limits.prove:
            tasks.append(self._prove)
        self._threads = [
            threading.Thread(target=self._guarded, args=(task,), daemon=True) for task in tasks
        ]
        for thread in self._threads:
            thread.start()

    @property
    def _proves_apart(self) -> bool:
        """Whether the proof has a thread of its own: the search then counts on its models."""
        few = len(self._compiled.data.out_cost) <= WHOLE_CASES
        counted = self._limits.max_iterations is not None
        return counted or few or self._rooms is not None or only_places_count(self._compiled)

    def _way(self, number: int) -> Callable[[Search], None]:
        """How a worker searches."""
        if self._rooms is not None:
            return partial(self._move_rooms, self._rooms)
        if self._proves_apart or not self._limits.prove or number < self._limits.workers - 1:
            return self._anneal
        return self._anneal_and_prove

    def wait(self, seconds: float) -> bool:
        """Wait a while; whether the work is done."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if self.best.total <= self.bound.points:
            return True
        # With iterations for a limit, the proof may not outlast the searches.
        counted = self._limits.max_iterations is not None
        ending = self._threads[: self._searching] if counted else self._threads
        return not any(thread.is_alive() for thread in ending)

    def stop(self) -> None:
        """End all threads, and raise what one of them died of.

        Raises:
            BaseException: whatever ended a thread.
        """
        self._ended.set()
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure

    @property
    def iterations(self) -> int:
        """Iterations of all searches."""
        return sum(search.iterations for search in self.searches)

    def _guarded(self, task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._failure = error
            self._ended.set()

    def _share(self, search: Search | None = None) -> float:
        """How much of the time, or of the iterations of a search, is used up."""
        most = self._limits.max_iterations
        passed = (time.monotonic() - self._began) / max(self._limits.seconds, 1e-3)
        if most is None or search is None:
            return passed
        return passed if passed >= 1 else search.iterations / max(most, 1)

    def _stopped(self) -> bool:
        return self._ended.is_set() or self._share() >= 1

    def _offer(self, search: Search) -> None:
        with self._lock:
            if search.total < self.best.total:
                self.best = search.best()

    def _catch_up(self, search: Search) -> None:
        with self._lock:
            best = self.best
        if best.total < search.total:
            search.adopt(best)

    def _slice(self, search: Search, share: float) -> None:
        most = self._limits.max_iterations
        if most is None:
            search.run_for(min(SLICE_SECONDS, self._limits.seconds / 50), share)
        else:
            search.run(min(SLICE_ITERATIONS, most - search.iterations), share)
        self._offer(search)

    def _anneal(self, search: Search, until: float = 1.0) -> None:
        """Anneal till a share of the whole; from a point on, follow the shared best."""
        exchanged = int(self._share(search) * EXCHANGES)
        counted = self._limits.max_iterations is not None
        while not self._ended.is_set():
            share = self._share(search)
            if share >= min(until, 1.0):
                return
            self._slice(search, share if counted else cooled_early(share))
            if len(self.searches) > 1 and int(share * EXCHANGES) > exchanged:
                exchanged = int(share * EXCHANGES)
                if share > EXCHANGE_FROM:
                    self._catch_up(search)

    def _anneal_and_prove(self, search: Search) -> None:
        """Search and proof on one core: in turns if that is all, else the proof when cooled."""
        alone = self._limits.workers == 1
        self._anneal(search, until=LINEAR_FROM)
        began = self._share()
        for step, _ in enumerate(self._proof()):
            now = self._share()
            if step == 0:
                self._place_all(search)
            if alone:
                self._anneal(search, until=now + SEARCH_PER_PROOF * (now - began))
            elif step == 0:
                self._anneal(search, until=PROOF_FROM)
                self._place_all(search)
            began = self._share()
        self._anneal(search)

    def _place_all(self, search: Search) -> None:
        """Move days where a case that must be placed is still left out."""
        if search.incomplete and self._model is not None:
            self._move_days(search, self._model)

    def _move_days(self, search: Search, model: DayModel) -> None:
        moves = DayMoves(self._compiled, model, search, self._limits.seed)
        fruitless = 0
        while fruitless < FRUITLESS_STEPS and not self._stopped():
            self._catch_up(search)
            if self._days is not None:
                days, self._days = self._days, None
                moves.follow(days)
            better = moves.step(self._stopped)
            fruitless = 0 if better else fruitless + 1
            self._offer(search)

    def _move_rooms(self, model: RoomModel, search: Search) -> None:
        """A short annealing, then exact pieces of the shared best till the end."""
        while not self._stopped() and self._share() < ROOMS_FROM:
            self._slice(search, self._share() / ROOMS_FROM)
        moves = RoomMoves(
            self._compiled,
            model,
            self._model,
            seconds=min(MOST_PIECE, max(LEAST_PIECE, PIECE_SHARE * self._limits.seconds)),
            seed=self._limits.seed + SEED_STEP * self.searches.index(search),
        )
        now = self.best
        while not self._stopped():
            now = min(now, self.best, key=lambda plan: plan.total)
            moves.days = self._model
            wanted, self._days = self._days, None
            if wanted is not None:
                found = moves.follow(now, wanted, self._stopped)
            else:
                found = moves.step(now, self._stopped)
            if found is not None:
                best = self.best
                if best.total < now.total:
                    found = moves.merged(now, found, best, self._stopped)
                now = found
                search.adopt(found)
                self._offer(search)

    def _prove(self) -> None:
        """Prove in a thread of its own, with what else exact models are good for."""
        if self._too_late():
            return
        model, prices = self._relax()
        if self._share() > LINEAR_SHARE or self._ended.is_set():
            return
        if only_places_count(self._compiled):
            self._pack()
        if len(self._compiled.data.out_cost) <= WHOLE_CASES:
            self._solve_whole()
            return
        self._assign_days(model, ASSIGNMENT_SHARE)
        share = PACKED_SHARE * self._limits.seconds
        for bound in packing_bounds(self._compiled, model, prices, share, self._stopped):
            self._raise_bound(bound)

    def _proof(self) -> Iterator[None]:
        """Prove in steps: the linear relaxation, what can be packed, the days of all cases."""
        if self._too_late():
            return
        model, prices = self._relax()
        yield
        left = (1 - self._share()) * self._limits.seconds
        for bound in packing_bounds(self._compiled, model, prices, left, self._stopped):
            self._raise_bound(bound)
            yield
        self._assign_days(model, (1 - self._share()) / 2)
        yield

    def _too_late(self) -> bool:
        return self._ended.is_set() or self._share() > LINEAR_SHARE / 2

    def _relax(self) -> tuple[DayModel, list[Fraction] | None]:
        """The day relaxation, and the prices of its minutes."""
        self._model = model = day_model(self._compiled)
        prices = prices_of_time(model, LINEAR_SHARE * self._limits.seconds)
        self._raise_bound(relaxed_bound(self._compiled, model, prices))
        return model, prices

    def _assign_days(self, model: DayModel, share: float) -> None:
        """The relaxation in whole cases, from the best plan."""
        start = self.best.start
        hint = np.where(start >= 0, self._compiled.data.day_of[start], -1)
        answer = assign_days(model, hint, share * self._limits.seconds, self._stopped)
        self._days = answer.days
        self._raise_bound(Bound(whole_prices(self._compiled, answer.bound), "day-assignment"))

    def _solve_whole(self) -> None:
        """Solve the exact model; its plan counts unless iterations alone may decide."""
        known = Standing(self.best.start, self.best.res)
        seconds = (1 - self._share()) * self._limits.seconds
        answer = solve_whole(
            self._compiled,
            known,
            seconds,
            workers=self._limits.workers,
            should_stop=self._stopped,
        )
        points = whole_prices(self._compiled, answer.bound)
        if answer.standing is not None and self._limits.max_iterations is None:
            self._offer_standing(answer.standing)
        self._raise_bound(Bound(points, "whole"))

    def _pack(self) -> None:
        """Fit the cases with scarce resources together, and the others around them."""
        if self._limits.max_iterations is not None:
            return
        seconds = PACKING_SHARE * self._limits.seconds
        for standing in packings(
            self._compiled,
            seconds,
            seed=self._limits.seed,
            workers=self._limits.workers,
            should_stop=self._stopped,
        ):
            self._offer_standing(standing)
            if self.best.total <= self.bound.points:
                return

    def _offer_standing(self, standing: Standing) -> None:
        found = Search(self._compiled, self._limits.seed)
        found.build(standing.start, standing.res)
        self._offer(found)

    def _raise_bound(self, found: Bound | None) -> None:
        if found is not None and found.points > self.bound.points:
            self.bound = found


def cooled_early(share: float) -> float:
    """How far a search has cooled, `0 .. 1`: all the way, then warm and all the way again."""
    if share < COOLED:
        return share / COOLED
    return WARM + (1 - WARM) * (share - COOLED) / (1 - COOLED)
