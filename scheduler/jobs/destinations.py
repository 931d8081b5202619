"""To whom messages are sent: one YAML file on the machine, never part of the site's document.

Whoever may change the site through the service could otherwise make it call or write anywhere.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from models.base import Frozen, Id
from models.documents import first_fault
from models.errors import InputError

SECRET_PREFIX = "whsec_"  # noqa: S105  # the mark of such a secret, none itself
SHORTEST_SECRET = 24
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain):
        msg = "an https URL is needed (http on this machine only)"
        raise ValueError(msg)
    if parts.username or parts.password:
        msg = "a secret does not belong into a URL"
        raise ValueError(msg)
    return url


Url = Annotated[str, StringConstraints(max_length=500), AfterValidator(_safe_url)]


class Destination(Frozen):
    """Somebody who is told: a webhook, or a file to which lines are added."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    url: Url | None = None
    secret_env: Id | None = None
    """The environment variable with the secret that signs what is sent to the URL."""
    file: Path | None = None
    kinds: tuple[str, ...] = Field(default=("*",), min_length=1)
    """Which messages, as patterns such as `booking.*`."""
    sites: tuple[Id, ...] | None = None
    """Of which sites; all when left out."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.url is None) == (self.file is None):
            msg = f"{self.name}: give either url or file"
            raise ValueError(msg)
        if self.url is not None and self.secret_env is None:
            msg = f"{self.name}: secret_env is needed to sign what is sent"
            raise ValueError(msg)
        return self

    def wants(self, kind: str) -> bool:
        """Whether messages of a kind are sent there."""
        return any(fnmatchcase(kind, pattern) for pattern in self.kinds)

    def secret(self, environment: Mapping[str, str]) -> bytes:
        """The secret of a webhook.

        Raises:
            InputError: it is not set, or is no such secret.
        """
        name = self.secret_env or ""
        given = environment.get(name, "")
        try:
            found = base64.b64decode(given.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            found = b""
        if not given.startswith(SECRET_PREFIX) or len(found) < SHORTEST_SECRET:
            raise InputError(
                f"there is no usable secret for {self.name}",
                place=f"environment variable {name}",
                remedy=f"set {SECRET_PREFIX} and at least {SHORTEST_SECRET} random bytes in base64",
            )
        return found


class Notices(Frozen):
    """Everybody who is told."""

    destinations: tuple[Destination, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [destination.name for destination in self.destinations]
        if len(set(names)) < len(names):
            msg = "two destinations have one name"
            raise ValueError(msg)
        return self

    def of_site(self, site: str) -> tuple[Destination, ...]:
        """Who is told what happens at a site."""
        return tuple(d for d in self.destinations if d.sites is None or site in d.sites)


def read_notices(path: str | Path | None) -> Notices:
    """The destinations of a YAML file; none without one.

    Raises:
        InputError: there is no such file, it cannot be used, or a secret is missing.
    """
    if path is None:
        return Notices()
    try:
        raw = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        found = Notices.model_validate(raw or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            "the destinations cannot be read", place=str(path), remedy="give a YAML file"
        ) from error
    except ValidationError as error:
        raise InputError(
            first_fault(error), place=str(path), remedy="correct the destinations"
        ) from error
    for destination in found.destinations:
        if destination.url is not None:
            destination.secret(os.environ)
    return found
