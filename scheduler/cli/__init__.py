"""The command line: thin commands over the services and the engine."""

from scheduler.cli.run import main

__all__ = ["main"]
