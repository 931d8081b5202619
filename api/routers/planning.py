"""The routers of the plan and of the site, together."""

from api.routers import audit, board, feeds, health, policies, revisions, runs, scenarios, site

PLANNING = tuple(
    part.router
    for part in (board, revisions, runs, policies, scenarios, site, feeds, audit, health)
)
"""In the order of the OpenAPI document."""
