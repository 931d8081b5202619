"""Accepting a site document: the first makes the store, later ones are its next versions."""

from models.errors import InputError, RefusedError
from models.site import Site
from scheduler.records import SiteRecord
from scheduler.services.desk import Desk

CELL_MINUTES = 5
"""Claims are kept in cells of so many minutes, so starts have to lie on their edges."""


def accept_site(desk: Desk, site: Site) -> SiteRecord:
    """Keep a site document; the same one again changes nothing.

    Raises:
        InputError: its tick is not a multiple of five minutes.
        RefusedError: the store is of another site.
    """
    if site.tick_minutes % CELL_MINUTES:
        raise InputError(
            f"tick_minutes is {site.tick_minutes}; bookings are kept in cells of five minutes",
            place=f"site {site.id}",
            remedy="choose 5, 10, 15, 20, 30 or 60",
        )
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
    after = desk.uow.sites.put(site.id, document, desk.now)
    desk.audit("site.change" if before else "site.init", site.id, before=before, after=after)
    return after
