"""Whether the store is whole: claims are those of what is held, and the audit is unbroken."""

from models.held import Held
from scheduler.services.desk import Desk


def faults(desk: Desk) -> tuple[str, ...]:
    """Everything that does not fit together, one sentence each; empty when the store is whole."""
    found = [*_claim_faults(desk)]
    broken = desk.uow.audit.first_break()
    if broken is not None:
        found.append(f"audit row {broken} does not follow from the row before it")
    return tuple(found)


def _claim_faults(desk: Desk) -> list[str]:
    held = _holders(desk)
    owned = desk.uow.claims.owned()
    found = [f"cells are claimed for {owner}, which holds nothing" for owner in owned.keys() - held]
    for owner, what in held.items():
        wanted, has = desk.uow.claims.cells_of(what), owned.get(owner, frozenset())
        if wanted != has:
            found.append(
                f"{owner} lacks {len(wanted - has)} of its cells"
                f" and has {len(has - wanted)} that are not its own"
            )
    return sorted(found)


def _holders(desk: Desk) -> dict[str, Held]:
    """Bookings and reservations; one that is overdue keeps its cells until somebody wants them."""
    reserved = (*desk.uow.reservations.live(desk.now), *desk.uow.reservations.overdue(desk.now))
    booked = desk.uow.bookings.standing().values()
    return {r.id: r.held for r in reserved} | {b.id: b.held for b in booked}
