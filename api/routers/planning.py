"""The routers of the plan and of the site, together."""

from api.routers import (
    audit,
    board,
    feeds,
    health,
    policies,
    revisions,
    runs,
    scenarios,
    site,
    watch,
)

PARTS = (board, revisions, runs, watch, policies, scenarios, site, feeds, audit, health)
PLANNING = tuple(part.router for part in PARTS)
"""In the order of the OpenAPI document."""
