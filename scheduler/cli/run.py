"""One command line from arguments to exit code: 0 done, 1 one clear error, 2 wrong usage.

Errors that a person can mend are one line on stderr. Anything else is a fault of the program and
keeps its traceback.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import typer

from models.errors import HoldfastError, InputError
from scheduler.cli.app import build_app

PACKAGES = ("api", "models", "scenarios", "scheduler", "solver")
EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_STOPPED = 130


def main(args: Sequence[str] | None = None, *, build: Callable[[], typer.Typer] = build_app) -> int:
    """Run one command and return its exit code.

    Args:
        args: the words after the program's name; None takes them from the process.
        build: makes the tree of commands.
    """
    try:
        check_origin()
        code = build()(args=args, prog_name="holdfast", standalone_mode=False)
    except HoldfastError as error:
        return _fail(str(error), EXIT_ERROR)
    except typer.TyperException as error:
        return _fail(_usage(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _fail("stopped", EXIT_STOPPED)
    return code if isinstance(code, int) else 0


def check_origin() -> None:
    """Refuse to run when another `models` or `solver` on the path stands in for ours.

    Raises:
        InputError: the five packages do not lie side by side.
    """
    home = Path(__file__).resolve().parents[2]
    for name in PACKAGES:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parents[1] != home:
            raise InputError(
                f"the package {name!r} is not Holdfast's but {origin or 'missing'}",
                remedy="run Holdfast in an environment of its own, with PYTHONSAFEPATH=1",
            )


def _usage(error: typer.TyperException) -> str:
    text = error.format_message().replace("Value error, ", "").strip().rstrip(".")
    if not text or error.exit_code != EXIT_USAGE:
        return text  # empty: the help has just been printed in its place
    context = getattr(error, "ctx", None)
    return f"{text}; see {context.command_path if context else 'holdfast'} --help"


def _fail(sentence: str, code: int) -> int:
    if sentence:
        typer.echo(f"error: {' '.join(sentence.split())}", err=True)  # one line, whatever was in it
    return code
