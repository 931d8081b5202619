"""Stores as an earlier version of the program left them."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, insert, select

from scheduler.store import copies
from scheduler.store.engine import Store

BEFORE = "0009"
"""The last schema whose audit says nothing of whom somebody acted for."""


def upgrade_to(store: Store, version: str) -> None:
    """Bring an empty database to an earlier schema."""
    with (
        as_file(files("scheduler.store") / "migrations") as folder,
        store.engine.begin() as connection,
    ):
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def as_before(store: Store, target: str) -> Store:
    """The rows of a store in another database with the schema of before."""
    old = Store.at(target)
    upgrade_to(old, BEFORE)
    with store.engine.connect() as source, old.engine.begin() as sink:
        _copy(source, sink)
    return old


def _copy(source: Connection, sink: Connection) -> None:
    tables, now = MetaData(), MetaData()
    tables.reflect(sink)
    now.reflect(source)
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        columns = [now.tables[table.name].c[column.name] for column in table.columns]
        rows = [dict(row) for row in source.execute(select(*columns)).mappings()]
        if rows:
            sink.execute(insert(table), rows)
    copies._continue_counting(sink, tables.tables)  # PostgreSQL counts beside the tables
