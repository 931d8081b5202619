"""Schema versions: the migrations that ship inside this package, run in one transaction."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.errors import InputError


def _config(location: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", location.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen, in the caller's transaction."""
    with as_file(files("scheduler.store") / "migrations") as folder:
        command.upgrade(_config(str(folder), connection), "head")


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
    found = MigrationContext.configure(connection).get_current_revision()
    place = connection.engine.url.render_as_string(hide_password=True)
    if found is None:
        raise InputError("there is no store here", place=place, remedy="run holdfast init SITE")
    if found != head():
        raise InputError(
            f"the store has schema {found}, this program needs {head()}",
            place=place,
            remedy="run holdfast init SITE with the newer of the two",
        )
