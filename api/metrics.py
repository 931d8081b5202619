"""Figures for Prometheus: a registry of its own for each application; no ids in any label.

Requests are counted by the template of their route, never by its path, and by status; what cannot
be foretold (a method that does not exist, a path without a route) has one label for all of it.
"""

from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from scheduler.services.operation import Figures

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NOWHERE = "-"
"""The route of a request that meets none."""


class Metrics:
    """What one application has counted since it was made."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "holdfast_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "holdfast_http_request_seconds",
            "Time until the answer began and ended",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._refusals = Counter(
            "holdfast_refusals",
            "Requests refused, by the code of the problem",
            ("code",),
            registry=self._registry,
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request."""
        known = method if method in METHODS else "OTHER"
        self._requests.labels(known, route or NOWHERE, str(status)).inc()
        self._seconds.labels(known, route or NOWHERE).observe(seconds)

    def refused(self, code: str) -> None:
        """Count a problem by its code."""
        self._refusals.labels(code).inc()

    def text(self, figures: Figures) -> bytes:
        """Everything counted, and the figures of a site, as Prometheus reads it."""
        site = CollectorRegistry()
        site.register(_SiteFigures(figures))
        return generate_latest(self._registry) + generate_latest(site)


class _SiteFigures(Collector):
    """The figures of one site at one moment."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Everything that a site says of itself."""
        found = self._figures
        yield _by("holdfast_bookings", "Bookings to come, by state", "state", found.bookings)
        yield _by("holdfast_open_cases", "Open cases, by readiness", "status", found.cases)
        yield _by("holdfast_runs", "The last hundred runs, by state", "state", found.runs)
        yield _by(
            "holdfast_heartbeat_age_seconds", "Since the last sign of life", "kind", found.ages
        )
        waiting = GaugeMetricFamily(
            "holdfast_moves_waiting", "Moves of revisions that wait for a decision"
        )
        waiting.add_metric([], found.waiting_moves)
        yield waiting
        alerts = GaugeMetricFamily("holdfast_alerts_open", "What a person must see to")
        alerts.add_metric([], found.alerts)
        yield alerts


def _by(name: str, about: str, label: str, counts: Tally[str]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family
