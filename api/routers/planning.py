"""The routers of the plan and of the site, together."""

from api.routers import board, revisions, runs

PLANNING = tuple(part.router for part in (board, revisions, runs))
"""In the order of the OpenAPI document."""
