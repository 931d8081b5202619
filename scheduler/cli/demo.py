"""`demo`: a made-up department from referrals to a re-planned week, in a folder of its own."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli import output
from scheduler.cli.options import AsJson, Commands


class _Quiet:
    """For `--json`: the story goes to stderr."""

    say = staticmethod(output.note)
    counting = staticmethod(output.counting)


class _Terminal:
    """The story on stdout."""

    say = staticmethod(output.say)
    counting = staticmethod(output.counting)


def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the store and the pages.")] = Path(
        "demo-out"
    ),
    cases: Annotated[int, typer.Option(min=1, max=400, help="How many referrals.")] = 150,
    seed: Annotated[int, typer.Option(help="Another seed, other patients.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Run the main job on made-up patients: import, assess, book, break, re-plan, show."""
    from scheduler.demo.run import STORE, Demo, run_demo

    pages = run_demo(Demo(out, cases=cases, seed=seed), _Quiet() if as_json else _Terminal())
    if as_json:
        output.say_json({"store": str(out / STORE), "pages": [str(page) for page in pages]})
        return
    output.say()
    output.say("Written:")
    for page in pages:
        output.say(f"  {page}")
    output.say(f"The store: {out / STORE}; look around with")
    output.say(f"  holdfast --store {out / STORE} case list")


COMMANDS: Commands = {"demo": demo}
