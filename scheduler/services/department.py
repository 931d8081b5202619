"""The site of a store with everything read from it once: policies, catalogue, opening hours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import models.department
from models.calendars import DateRules
from models.catalogue import shipped_catalogue
from models.clinical.policy import PolicyBook
from models.documents import parse_document
from models.freezing import planning_resources
from models.problem import Resource
from models.site import Site
from models.windows import Window, WindowSet
from scheduler.records import Closure, SiteRecord

REMEMBERED = 4
"""Site versions, and calendars of different days or closures, kept at hand."""


@dataclass(frozen=True)
class Department(models.department.Department):
    """A site at one version."""

    version: int


class Departments:
    """Departments by version, so that a site document is read once and not in every transaction."""

    def __init__(self, rules: DateRules) -> None:
        self._rules = rules
        self._read = lru_cache(maxsize=REMEMBERED)(self._parsed)
        self._open = lru_cache(maxsize=REMEMBERED)(self._opened)

    def of(self, record: SiteRecord) -> Department:
        """The department of a stored site."""
        return self._read(record.id, record.version, record.document)

    def _parsed(self, site_id: str, version: int, document: str) -> Department:
        site = parse_document(document, Site, place=f"site {site_id}", kind="site")
        return Department(
            site=site,
            version=version,
            catalogue=site.offered(shipped_catalogue()),
            book=PolicyBook.of(site.policies, site.overrides),
            rules=self._rules,
        )

    def resources(
        self, record: SiteRecord, span: Window, closures: Iterable[Closure]
    ) -> Mapping[str, Resource]:
        """The site's resources by id, open over a span of instants less the closures."""
        return self._open(record.id, record.version, record.document, span, tuple(closures))

    def _opened(
        self,
        site_id: str,
        version: int,
        document: str,
        span: Window,
        closures: tuple[Closure, ...],
    ) -> Mapping[str, Resource]:
        department = self._read(site_id, version, document)
        found = planning_resources(
            department.site, span, self._rules, closures=closed_times(closures)
        )
        return {resource.id: resource for resource in found}


def closed_times(closures: Iterable[Closure]) -> dict[str, WindowSet]:
    """Closures as sets of instants by resource."""
    closed: dict[str, WindowSet] = {}
    for closure in closures:
        span = WindowSet.between(closure.start, closure.end)
        closed[closure.resource] = closed.get(closure.resource, WindowSet()) | span
    return closed
