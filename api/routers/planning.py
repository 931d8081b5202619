"""The routers of the plan and of the site, together."""

from api.routers import audit, board, feeds, health, policies, revisions, runs, site, watch

PLANNING = tuple(
    part.router for part in (board, revisions, runs, watch, policies, site, feeds, audit, health)
)
"""In the order of the OpenAPI document."""
