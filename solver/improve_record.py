"""Records that compiled functions take by reference, filled from the named tuples of arrays.

A named tuple of forty arrays as an argument is hundreds of machine words at every call, and takes
nine times as long. Tuple and record hold the same arrays, so Python sees what the search does.
"""

from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

from numba import types
from numba.experimental import structref

from solver.improve_arrays import Data
from solver.improve_jit import compiled
from solver.improve_memory import Memory
from solver.improve_state import State


class _Record(types.StructRef):
    """A heap record known to numba by its fields."""


# numba's own annotations do not say what these take.
_define_boxing: Any = structref.define_boxing
_new: Any = structref.new


@structref.register
class _DataRecord(_Record):
    """Record of `Data`."""


@structref.register
class _StateRecord(_Record):
    """Record of `State`."""


@structref.register
class _MemoryRecord(_Record):
    """Record of `Memory`."""


class _Proxy(structref.StructRefProxy):
    """A record seen from Python."""


for _kind in (_DataRecord, _StateRecord, _MemoryRecord):
    _define_boxing(_kind, _Proxy)


def _numba_type(hint: Any) -> Any:
    if get_origin(hint) is not Annotated:
        return types.int64
    array, dimensions = get_args(hint)
    element = types.uint64 if "uint64" in str(array) else types.int64
    return types.Array(element, dimensions, "C")


def _typed(kind: Any, shape: type) -> Any:
    hints = get_type_hints(shape, include_extras=True)
    return kind([(name, _numba_type(hint)) for name, hint in hints.items()])


_DATA = _typed(_DataRecord, Data)
_STATE = _typed(_StateRecord, State)
_MEMORY = _typed(_MemoryRecord, Memory)


def data_record(data: Data) -> Data:
    """The record of a problem's arrays."""
    return cast("Data", _fill_data(data))


def state_record(state: State) -> State:
    """The record of a search's state."""
    return cast("State", _fill_state(state))


def memory_record(memory: Memory) -> Memory:
    """The record of a search's memory."""
    return cast("Memory", _fill_memory(memory))


@compiled
def _fill_data(source: Data) -> Any:
    record = _new(_DATA)
    record.n_days = source.n_days
    record.n_suites = source.n_suites
    record.n_changing = source.n_changing
    record.day_of = source.day_of
    record.day_first = source.day_first
    record.window = source.window
    record.need_first = source.need_first
    record.need_sig = source.need_sig
    record.need_off = source.need_off
    record.need_len = source.need_len
    record.need_coupled = source.need_coupled
    record.need_clash = source.need_clash
    record.lone_suite = source.lone_suite
    record.sig_len = source.sig_len
    record.sig_minutes = source.sig_minutes
    record.sig_group = source.sig_group
    record.group_first = source.group_first
    record.group_member = source.group_member
    record.extent_lo = source.extent_lo
    record.extent_hi = source.extent_hi
    record.res_sig_first = source.res_sig_first
    record.res_sig = source.res_sig
    record.limit = source.limit
    record.limited = source.limited
    record.open_cost = source.open_cost
    record.change_cost = source.change_cost
    record.suite_no = source.suite_no
    record.change_no = source.change_no
    record.seg_first = source.seg_first
    record.seg_lo = source.seg_lo
    record.seg_hi = source.seg_hi
    record.seg_cost = source.seg_cost
    record.seg_day = source.seg_day
    record.out_cost = source.out_cost
    record.fixed = source.fixed
    record.weight = source.weight
    record.flex = source.flex
    return record


@compiled
def _fill_state(source: State) -> Any:
    record = _new(_STATE)
    record.free = source.free
    record.fits = source.fits
    record.dirty_lo = source.dirty_lo
    record.dirty_hi = source.dirty_hi
    record.used = source.used
    record.uses = source.uses
    record.met = source.met
    record.distinct = source.distinct
    record.start = source.start
    record.own = source.own
    record.res = source.res
    record.roster = source.roster
    record.roster_n = source.roster_n
    record.roster_at = source.roster_at
    record.out = source.out
    record.out_at = source.out_at
    record.total = source.total
    record.rng = source.rng
    record.pick = source.pick
    record.best_pick = source.best_pick
    record.trial = source.trial
    record.found = source.found
    return record


@compiled
def _fill_memory(source: Memory) -> Any:
    record = _new(_MEMORY)
    record.best_start = source.best_start
    record.best_res = source.best_res
    record.best_total = source.best_total
    record.old_start = source.old_start
    record.old_own = source.old_own
    record.old_res = source.old_res
    record.touched = source.touched
    record.stamp = source.stamp
    record.queue = source.queue
    record.key = source.key
    record.near = source.near
    record.days = source.days
    record.stats = source.stats
    record.clock = source.clock
    return record
