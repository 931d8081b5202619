"""The shapes of a planning problem as flat integer arrays, as the compiled search reads them.

Time is cut into slots: the largest step that divides the tick and every need's offset and length,
so that each begin and end of a need falls on a slot and availability may round inwards at no loss.
Slot `pad` is the start of the horizon. A signature is a set of eligible resources with a length.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.problem import PlanningProblem

# The number is that of the dimensions, which the compiled records need to know.
Ints = Annotated[NDArray[np.int64], 1]
Table = Annotated[NDArray[np.int64], 2]
Cube = Annotated[NDArray[np.int64], 3]
Words = Annotated[NDArray[np.uint64], 1]
Rows = Annotated[NDArray[np.uint64], 2]
Flags = NDArray[np.bool_]
WORD = 64
NO_LIMIT = 1 << 40


class Data(NamedTuple):
    """What the search may read. Lists of lists lie flat with an array of first positions."""

    n_days: int
    n_suites: int
    n_changing: int
    day_of: Ints  # [slot] local day
    day_first: Ints  # [day + 1] first slot
    window: Rows  # [case, word] permitted starts, an empty department given
    need_first: Ints  # [case + 1]
    need_sig: Ints
    need_off: Ints  # slots from the start
    need_len: Ints  # slots
    need_coupled: Ints  # 1 where the choice of resource can cost something
    need_clash: Ints  # 1 where another need of the case may want the same resource
    lone_suite: Ints  # [case] its only need for a suite, or -1
    sig_len: Ints
    sig_minutes: Ints
    sig_group: Ints
    group_first: Ints  # [group * days + day], resources that are there that day
    group_member: Ints
    extent_lo: Table  # [resource, day] first slot at which it is there
    extent_hi: Table
    res_sig_first: Ints  # [resource + 1]
    res_sig: Ints  # signatures a resource belongs to
    limit: Table  # [resource, day] need-minutes
    limited: Ints  # [resource] 1 where any day has a limit
    open_cost: Ints
    change_cost: Ints
    suite_no: Ints  # [resource] or -1
    change_no: Ints  # [resource] or -1
    seg_first: Ints  # [case + 1] runs of starts of one cost and day, cheapest first
    seg_lo: Ints
    seg_hi: Ints
    seg_cost: Ints
    seg_day: Ints
    out_cost: Ints  # [case] price of leaving it out, mandatory cases far dearer
    fixed: Ints  # [case] 1 where locked
    weight: Ints  # [case] slots of all needs, how much room it takes
    flex: Ints  # [resource] signatures it can serve


@dataclass(frozen=True, slots=True)
class Compiled:
    """Arrays with the way back to instants and ids."""

    problem: PlanningProblem
    data: Data
    free: Rows
    pad: int
    slot_minutes: int
    days: tuple[date, ...]
    penalty: int
    feasible: Flags  # [case, slot] starts permitted in an empty department
    groups: tuple[tuple[int, ...], ...]

    def slot(self, instant: datetime) -> int:
        """The slot of an instant on the grid."""
        step = timedelta(minutes=self.slot_minutes)
        return self.pad + (instant - self.problem.horizon.start) // step

    def instant(self, slot: int) -> datetime:
        """The instant of a slot."""
        return self.problem.horizon.start + timedelta(minutes=self.slot_minutes * (slot - self.pad))
