"""What is set outside the program, read once from the environment."""

from collections.abc import Mapping

from models.base import Frozen, Id

PREFIX = "HOLDFAST_"


class Settings(Frozen):
    """Where a department is kept, and in whose name the program works by default."""

    store: Id = "holdfast.sqlite"
    """A path to a SQLite file, or a database URL."""
    actor: Id = "system"
    """Who is named in the audit when nobody else is."""
    notices: Id | None = None
    """A YAML file that says to whom messages are sent; nobody when left out."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Settings named `HOLDFAST_STORE`, `HOLDFAST_ACTOR`, ...; empty ones count as not set."""
        given = {name: environment.get(PREFIX + name.upper()) for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value})
