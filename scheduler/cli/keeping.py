"""`backup`, `restore`, `migrate`, `status`, and what is done all day long: alerts and routines."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import NotFoundError
from scheduler.cli.context import (
    ActorOption,
    NowOption,
    StoreOption,
    moment,
    on_store,
    settings_of,
)
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import pairs, say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from scheduler.bootstrap import Container
    from scheduler.records_notices import AlertRecord
    from scheduler.services.standing import Standing
    from scheduler.store.copies import CopyFacts

CopyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The copy.")]


def backup(department: "Container", file: CopyFile, *, as_json: AsJson = False) -> None:
    """Write a copy of the whole store to a new file; the store can be used meanwhile.

    It holds patient data and keys, and only its owner can read it.
    """
    from scheduler.copying import back_up

    _tell_copy(back_up(department, file), as_json=as_json)


def restore(
    context: typer.Context,
    file: CopyFile,
    *,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """Put a copy into an empty store of either engine, or leave that as it was.

    Counts, claims and the chain of the audit are checked before anything is kept.
    """
    from scheduler.copying import restore as put_back

    settings = settings_of(context, store=store, actor=actor)
    _tell_copy(put_back(settings, file, now=moment(context, now)), as_json=as_json)


def _tell_copy(facts: "CopyFacts", *, as_json: bool) -> None:
    if as_json:
        say_json({"schema": facts.schema, "rows": facts.rows, "digest": facts.digest})
    else:
        say(f"{facts.total} rows of {len(facts.rows)} tables, schema {facts.schema}")
        say(facts.digest)


def migrate(
    context: typer.Context,
    *,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """Bring a store to the schema of this program, in one transaction; nothing else changes.

    Back it up and stop everything before. On a store of this schema it does nothing.
    """
    from scheduler.upgrading import upgrade

    done = upgrade(settings_of(context, store=store, actor=actor), now=moment(context, now))
    if as_json:
        say_json({"before": done.before, "after": done.after})
    elif done.changed:
        say(f"schema {done.before} to {done.after}")
    else:
        say(f"schema {done.after} already")


def status(department: "Container", *, as_json: AsJson = False) -> None:
    """Say what ran and how it ended, what lives, what waits to be sent, what must be seen to."""
    from scheduler.services.standing import standing
    from scheduler.store.migrate import head

    found, schema = department.read(standing), head()
    if as_json:
        say_json(_status_json(found, schema))
        return
    tz = department.department().site.tz
    last = found.audit.at
    pairs(
        {
            "schema": schema,
            "site": f"{found.audit.site}, version {found.site_version}",
            "audit": f"{found.audit.seq} rows{f', last {_clock(last, tz)}' if last else ''}",
            "not addressed": found.unaddressed,
        }
    )
    _tell_parts(found, tz)


def _tell_parts(found: "Standing", tz: "ZoneInfo") -> None:
    """A table for each part of which there is anything to tell."""
    _part(
        ("run", "night", "state", "status", "outcome"),
        [
            (r.id, r.night, r.state.value, r.status.value if r.status else "", r.outcome)
            for r in found.runs
        ],
    )
    _part(
        ("process", "kind", "heard", "version"),
        [(h.process, h.kind, _ago(found.now - h.at), h.version) for h in found.heartbeats],
    )
    _part(
        ("routine", "done", "outcome"),
        [(r.name, _ago(found.now - r.done_at), r.outcome) for r in found.routines],
    )
    _part(
        ("waits for", "messages", "failing", "oldest", "error"),
        [
            (b.destination, b.waiting, b.failing, _ago(found.now - b.oldest_at), b.error)
            for b in found.backlog
        ],
    )
    if found.alerts:
        say()
        _tell_alerts(found.alerts, tz)


def _part(heads: tuple[str, ...], rows: "Sequence[tuple[object, ...]]") -> None:
    if rows:
        say()
        table(heads, rows)


def _status_json(found: "Standing", schema: str) -> dict[str, object]:
    parts = {
        name: [part.model_dump(mode="json") for part in getattr(found, name)]
        for name in ("runs", "heartbeats", "backlog", "alerts", "routines")
    }
    return {
        "now": found.now.isoformat(),
        "schema": schema,
        "site_version": found.site_version,
        "audit": found.audit.model_dump(mode="json"),
        "unaddressed": found.unaddressed,
        **parts,
    }


def _clock(instant: object, tz: "ZoneInfo") -> str:
    from datetime import datetime

    return f"{instant.astimezone(tz):%a %d %b %H:%M:%S}" if isinstance(instant, datetime) else ""


def _ago(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s ago"
    return f"{seconds // 60} min ago" if seconds < 7200 else f"{seconds // 3600} h ago"


def list_alerts(department: "Container", *, as_json: AsJson = False) -> None:
    """List what somebody must see to, oldest first."""
    found = department.read(lambda desk: desk.uow.alerts.open())
    if as_json:
        say_json([alert.model_dump(mode="json") for alert in found])
    else:
        _tell_alerts(found, department.department().site.tz)


def _tell_alerts(alerts: "tuple[AlertRecord, ...]", tz: "ZoneInfo") -> None:
    table(
        ("alert", "kind", "about", "level", "since", "detail"),
        [
            (a.id, a.kind, a.subject, a.level.value, _clock(a.raised_at, tz), a.detail)
            for a in alerts
        ],
    )


def end_alert(
    department: "Container",
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Id of the alert.")],
    *,
    reason: Annotated[str, typer.Option(help="What was done; nothing of a patient.")],
    as_json: AsJson = False,
) -> None:
    """Say that somebody has seen to an alert."""
    from scheduler.services import alerts

    after = department.write(lambda desk: alerts.see_to(desk, alert, reason))
    if as_json:
        say_json(after.model_dump(mode="json"))
    else:
        say(f"{after.kind} of {after.subject} has ended")


def run_routine(
    department: "Container",
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the routine.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Do a routine of the worker now, whether it is due or not; twice does no more than once."""
    from scheduler.jobs.routines import ROUTINES

    named = {routine.name: routine for routine in ROUTINES}
    if name not in named:
        raise NotFoundError("there is no such routine", remedy=f"name one of {', '.join(named)}")
    outcome = named[name].run(department)
    if as_json:
        say_json({"routine": name, "outcome": outcome})
    else:
        say(outcome)


def list_routines(department: "Container", *, as_json: AsJson = False) -> None:
    """List the routines of the worker, how often each is due, and when it was last done."""
    from scheduler.jobs.routines import ROUTINES

    done = {routine.name: routine for routine in department.read(lambda d: d.uow.routines.all())}
    rows = [
        {
            "routine": routine.name,
            "about": routine.about,
            "every_seconds": round(routine.every.total_seconds()),
            "done_at": done[routine.name].done_at.isoformat() if routine.name in done else None,
            "outcome": done[routine.name].outcome if routine.name in done else None,
        }
        for routine in ROUTINES
    ]
    if as_json:
        say_json(rows)
    else:
        table(tuple(rows[0]), [tuple(row.values()) for row in rows])


COMMANDS: Commands = {
    "backup": on_store(backup),
    "restore": restore,
    "migrate": migrate,
    "status": on_store(status),
}
ALERTS: Commands = {"list": on_store(list_alerts), "end": on_store(end_alert)}
ROUTINES: Commands = {"list": on_store(list_routines), "run": on_store(run_routine)}
