"""The compiled part of the packing bound: what cases pay and what bins are worth at given prices.

All money is in integers, so that the bound they add up to is exact.
"""

import numpy as np
from numpy.typing import NDArray

from solver.bound_bins import Bins, Room
from solver.bound_frame import CaseRows
from solver.improve_arrays import Ints, Table
from solver.improve_jit import compiled

NEVER = 1 << 60
Floats = NDArray[np.float64]


@compiled
def price_slots(slot_price: Table, room: Room, paid: Table) -> int:
    """Fill `paid` with what each group pays up to each slot; return what the room is worth."""
    slots = slot_price.shape[1]
    for group in range(paid.shape[0]):
        paid[group, :] = 0
        for k in range(room.over_first[group], room.over_first[group + 1]):
            s = room.over_set[k]
            for t in range(slots):
                paid[group, t + 1] += slot_price[s, t]
        for t in range(slots):
            paid[group, t + 1] += paid[group, t]
    worth = 0
    for s in range(slot_price.shape[0]):
        for t in range(slots):
            worth += slot_price[s, t] * room.there[s, t]
    return worth


@compiled
def choose(cases: CaseRows, row_price: Ints, paid: Table, taken: Ints, load: Table) -> int:
    """Each case takes its cheapest start or stays out; return what all pay.

    Args:
        cases: the cases.
        row_price: of a need in each row.
        paid: what a group pays up to each slot, from `price_slots`.
        taken: becomes the number of needs in each row.
        load: becomes, by group, the change of needs under way at each slot.
    """
    ways = len(cases.way_first) - 1
    on_way = np.zeros(ways, dtype=np.int64)
    for w in range(ways):
        for k in range(cases.way_first[w], cases.way_first[w + 1]):
            on_way[w] += row_price[cases.way_row[k]]
    taken[:] = 0
    load[:] = 0
    total = 0
    for c in range(len(cases.out)):
        least = NEVER if cases.must[c] else cases.out[c]
        chosen = -1
        for k in range(cases.start_first[c], cases.start_first[c + 1]):
            price = cases.start_cost[k] + on_way[cases.start_way[k]]
            if price >= least:
                continue
            for j in range(cases.need_first[c], cases.need_first[c + 1]):
                begin = cases.start_slot[k] + cases.need_off[j]
                group = cases.need_group[j]
                price += paid[group, begin + cases.need_len[j]] - paid[group, begin]
            if price < least:
                least, chosen = price, k
        total += cases.out[c] if least == NEVER else least
        if chosen < 0:
            continue
        way = cases.start_way[chosen]
        for k in range(cases.way_first[way], cases.way_first[way + 1]):
            taken[cases.way_row[k]] += 1
        for j in range(cases.need_first[c], cases.need_first[c + 1]):
            begin = cases.start_slot[chosen] + cases.need_off[j]
            load[cases.need_group[j], begin] += 1
            load[cases.need_group[j], begin + cases.need_len[j]] -= 1
    return total


@compiled
def excess(load: Table, room: Room, over: Table) -> None:
    """Fill `over` with the needs under way in each set and slot beyond the resources there."""
    over[:] = -room.there
    for group in range(load.shape[0]):
        under_way = 0
        for t in range(over.shape[1]):
            under_way += load[group, t]
            if under_way:
                for k in range(room.over_first[group], room.over_first[group + 1]):
                    over[room.over_set[k], t] += under_way


@compiled
def _fill_piece(bins: Bins, piece: int, row_price: Ints, best: Ints, takes: Table) -> int:
    """The most worth by length used, and how many steps of choice led there.

    `takes` becomes, by step and length, 1 and the row of which a need is taken, or 0.
    """
    length = bins.piece_len[piece]
    best[: length + 1] = 0
    steps = 0
    for k in range(bins.piece_first[piece], bins.piece_first[piece + 1]):
        row = bins.piece_row[k]
        own, price = bins.row_len[row], row_price[row]
        if price <= 0 or own > length:
            continue
        for _ in range(min(bins.row_count[row], length // own)):
            better = False
            takes[steps, :own] = 0
            for t in range(length, own - 1, -1):
                gain = best[t - own] + price
                takes[steps, t] = 0
                if gain > best[t]:
                    best[t] = gain
                    takes[steps, t] = row + 1
                    better = True
            if not better:
                break
            steps += 1
    return steps


@compiled
def _share_out(best: Table, lengths: Ints, limit: int, before: Table, used: Ints) -> int:
    """Share the slots of a day among the pieces of a bin; return what they are worth."""
    count, total = len(lengths), 0
    for i in range(count):
        used[i] = lengths[i]
        total += lengths[i]
    if limit >= total:
        worth = 0
        for i in range(count):
            worth += best[i, lengths[i]]
        return worth
    reach = min(limit, lengths[0])
    joined = np.zeros(limit + 1, dtype=np.int64)
    joined[: reach + 1] = best[0, : reach + 1]
    for i in range(1, count):
        longer = np.zeros(limit + 1, dtype=np.int64)
        end = min(limit, reach + lengths[i])
        for t in range(end + 1):
            longer[t] = -1
            for a in range(max(0, t - lengths[i]), min(t, reach) + 1):
                if joined[a] + best[i, t - a] > longer[t]:
                    longer[t] = joined[a] + best[i, t - a]
                    before[i, t] = a
        joined, reach = longer, end
    t = reach
    for i in range(count - 1, 0, -1):
        used[i] = t - before[i, t]
        t = before[i, t]
    used[0] = t
    shared: int = joined[reach]
    return shared


@compiled
def fill(bins: Bins, row_price: Ints, steps: int, packed: Ints) -> int:
    """Fill every bin with the needs that are worth most; return the worth of all.

    Args:
        bins: the bins.
        row_price: worth of a need in each row.
        steps: most steps of choice in a piece, from `most_steps`.
        packed: becomes the number of needs packed in each row.
    """
    longest, most, widest = 0, 0, 0
    for piece in range(len(bins.piece_len)):
        longest = max(longest, bins.piece_len[piece])
    for b in range(len(bins.bin_limit)):
        most = max(most, bins.bin_first[b + 1] - bins.bin_first[b])
        widest = max(widest, bins.bin_limit[b])
    best = np.zeros((most, longest + 1), dtype=np.int64)
    takes = np.zeros((most, steps, longest + 1), dtype=np.int64)
    before = np.zeros((most, widest + 1), dtype=np.int64)
    used = np.zeros(most, dtype=np.int64)
    counts = np.zeros(most, dtype=np.int64)
    packed[:] = 0
    total = 0
    for b in range(len(bins.bin_limit)):
        first, end = bins.bin_first[b], bins.bin_first[b + 1]
        for piece in range(first, end):
            i = piece - first
            counts[i] = _fill_piece(bins, piece, row_price, best[i], takes[i])
        worth = _share_out(best, bins.piece_len[first:end], bins.bin_limit[b], before, used)
        if worth <= bins.bin_open[b]:
            continue
        total += (worth - bins.bin_open[b]) * bins.bin_count[b]
        for i in range(end - first):
            t = used[i]
            for step in range(counts[i] - 1, -1, -1):
                row = takes[i, step, t] - 1
                if row >= 0:
                    packed[row] += bins.bin_count[b]
                    t -= bins.row_len[row]
    return total


@compiled
def blend(direction: Floats, slope: Floats, prices: Floats, kept: float) -> float:
    """Turn a direction towards the slope, no price falling below 0; return its square."""
    square = 0.0
    for k in range(len(direction)):
        new = slope[k] if prices[k] > 0 or slope[k] > 0 else 0.0
        direction[k] = kept * direction[k] + (1 - kept) * new
        square += direction[k] * direction[k]
    return square


@compiled
def move(prices: Floats, direction: Floats, step: float) -> None:
    """Go one step; prices stay at 0 or above."""
    for k in range(len(prices)):
        prices[k] = max(0.0, prices[k] + step * direction[k])
