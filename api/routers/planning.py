"""The routers of the plan and of the site, together."""

from api.routers import board, revisions

PLANNING = tuple(part.router for part in (board, revisions))
"""In the order of the OpenAPI document."""
