"""`scenario cache`: how much is kept of finished runs, and dropping what was not used for long."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.cli.options import AsJson
from scheduler.cli.output import pairs, say_json
from scheduler.cli.scenario_options import CacheFolder

if TYPE_CHECKING:
    from scenarios.running.pruning import Amount

MEGABYTE = 1_000_000
Prune = Annotated[
    bool, typer.Option("--prune", help="Drop runs: all, or as --older-than and --keep say.")
]
OlderThan = Annotated[
    int | None,
    typer.Option(min=0, max=36_500, metavar="DAYS", help="Only those not used for so many days."),
]
Keep = Annotated[
    int | None,
    typer.Option(min=0, metavar="MB", help="Only as many, longest unused first, as leave this."),
]


def cache(
    *,
    prune: Prune = False,
    older_than: OlderThan = None,
    keep: Keep = None,
    folder: CacheFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how much is kept of finished runs; with --prune drop some or all.

    A run that was dropped is computed again when it is asked for.
    """
    from scenarios.running.cache import default_folder
    from scenarios.running.pruning import amount, drop, kept_runs, to_drop

    if (older_than is not None or keep is not None) and not prune:
        raise typer.BadParameter("--older-than and --keep go with --prune")
    where = folder or default_folder()
    kept = kept_runs(where)
    since = None if older_than is None else datetime.now(UTC) - timedelta(days=older_than)
    most = None if keep is None else keep * MEGABYTE
    some = since is not None or most is not None
    gone = to_drop(kept, unused_since=since, most=most) if some else kept
    gone = gone if prune else ()
    drop(gone)
    figures = {"folder": str(where)} | _said(amount(one for one in kept if one not in set(gone)))
    if prune:
        figures["dropped"] = len(gone)
    if as_json:
        say_json(figures)
    else:
        pairs(figures)


def _said(left: "Amount") -> dict[str, Any]:
    oldest = left.oldest and left.oldest.isoformat(timespec="seconds")
    return {"runs": left.runs, "megabytes": round(left.size / MEGABYTE, 1), "oldest": oldest}
