"""The small department of the services, for the processes of the night."""

from tests.unit.scheduler.services.conftest import fresh_file, small, store

__all__ = ["fresh_file", "small", "store"]
