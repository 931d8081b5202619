"""Schema versions: the migrations that ship inside this package, run in one transaction."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from models.errors import InputError


def _config(location: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", location.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, version: str = "head") -> None:
    """Run every migration (up to a version) that the database has not seen.

    It is done in the caller's transaction.

    Raises:
        InputError: this program knows no such version.
    """
    with as_file(files("scheduler.store") / "migrations") as folder:
        try:
            command.upgrade(_config(str(folder), connection), version)
        except CommandError as error:
            unknown = version if version != "head" else found(connection)
            raise InputError(
                f"this program knows no schema {unknown}",
                place="store",
                remedy="use the version of Holdfast that made it, or a newer one",
            ) from error


def found(connection: Connection) -> str | None:
    """The schema version of a database; None where there is no store."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The schema version of this program."""
    with as_file(files("scheduler.store") / "migrations") as folder:
        newest = ScriptDirectory.from_config(_config(str(folder))).get_current_head()
    if newest is None:
        raise InputError("no migrations are installed", place="store", remedy="reinstall Holdfast")
    return newest


def check(connection: Connection) -> None:
    """Refuse a database of another schema version.

    Raises:
        InputError: it is empty, older or newer than this program.
    """
    version = found(connection)
    place = connection.engine.url.render_as_string(hide_password=True)
    if version is None:
        raise InputError("there is no store here", place=place, remedy="run holdfast init SITE")
    if version != head():
        raise InputError(
            f"the store has schema {version}, this program needs {head()}",
            place=place,
            remedy="run holdfast migrate"
            if version < head()
            else "use the version of Holdfast that made it",
        )
