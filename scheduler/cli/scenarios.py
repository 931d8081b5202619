"""`scenario`: what would happen if the department were another."""

from scheduler.cli import practice
from scheduler.cli.options import Commands

COMMANDS: Commands = {"freeze": practice.freeze}
