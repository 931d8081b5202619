"""Accepting a site document: the first makes the store, later ones are its next versions."""

from models.clinical.policy import PolicyBook
from models.errors import RefusedError, StaleError
from models.site import Site
from scheduler.records import SiteRecord
from scheduler.services.desk import Desk


def accept_site(desk: Desk, site: Site) -> SiteRecord:
    """Keep a site document; the same one again changes nothing.

    Raises:
        RefusedError: the store is of another site, or bookings lie on the old tick or zone.
    """
    before = desk.uow.sites.find()
    document = site.model_dump_json()
    if before and before.id != site.id:
        raise RefusedError(
            f"the store is of site {before.id}",
            place=f"site {site.id}",
            remedy="give each site a store of its own",
        )
    if before and before.document == document:
        return before
    if before:
        _refuse_new_grid(desk, site)
    after = desk.uow.sites.put(site.id, document, desk.now)
    desk.audit("site.change" if before else "site.init", site.id, before=before, after=after)
    return after


def change_site(desk: Desk, site: Site, *, version: int) -> SiteRecord:
    """Give the site its next version, made from the one that somebody saw.

    Raises:
        StaleError: it is at another version.
        PolicyError: its policies cannot be in force as it says.
        RefusedError: as `accept_site`.
    """
    found = desk.uow.sites.get()
    if found.version != version:
        raise StaleError(
            f"it is at version {found.version}, not {version}",
            place=f"site {found.id}",
            remedy="look at it again",
        )
    PolicyBook.of(site.policies, site.overrides)
    return accept_site(desk, site)


def _refuse_new_grid(desk: Desk, site: Site) -> None:
    """Bookings lie on the ticks and days of the site as it was."""
    old = desk.department.site
    if (old.tick_minutes, old.timezone) == (site.tick_minutes, site.timezone):
        return
    if desk.uow.bookings.standing(since=desk.now) or desk.uow.reservations.live(desk.now):
        raise RefusedError(
            "tick_minutes and timezone cannot change while anything is booked",
            place=f"site {site.id}",
            remedy="cancel the bookings, or start a new store",
        )
