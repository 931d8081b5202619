"""How the service is to be reached and whom it trusts: one YAML file, read once at the start."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from limits import parse
from pydantic import AfterValidator, Field, IPvAnyNetwork, StringConstraints, ValidationError

from models.base import Frozen, Id
from models.documents import first_fault
from models.errors import InputError
from scheduler.records_identity import Role
from scheduler.records_scenarios import StudyLimits

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Asymmetric ones only: a shared secret can be mistaken for a public key."""
TOKEN_PATH = "/v1/oauth/token"  # noqa: S105  # a path, not a secret
LOOPBACK_URL = "http://127.0.0.1:8000"


def _https(url: str) -> str:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        msg = "an https URL is needed"
        raise ValueError(msg)
    return url.rstrip("/") if url.count("/") == 3 else url


def _rate(text: str) -> str:
    parse(text)  # a ValueError says what is wrong
    return text


Url = Annotated[str, StringConstraints(max_length=500), AfterValidator(_https)]
Rate = Annotated[str, AfterValidator(_rate)]


class Issuer(Frozen):
    """An OpenID Connect issuer whose tokens are accepted, and what they grant here."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    """Short; stands before the subject in the audit: `hospital:1234`."""
    issuer: Url
    audience: Id
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256")
    claim: Id = "roles"
    """Which claim lists somebody's groups or roles; dots lead into objects."""
    grants: dict[str, dict[Id, tuple[Role, ...]]]
    """By value of the claim: roles by site."""
    jwks_url: Url | None = None
    """Where its keys are; found by discovery when left out."""


class Limits(Frozen):
    """How many requests are answered, as `600/minute`."""

    caller: Rate = "1200/minute"
    address: Rate = "6000/minute"
    sign_in: Rate = "60/minute"
    """By address, for sessions and tokens."""


class ApiSettings(Frozen):
    """Everything that is set outside the program for `holdfast serve`."""

    public_url: Url = LOOPBACK_URL
    """How callers reach the service; client assertions name it as their audience."""
    issuers: tuple[Issuer, ...] = ()
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    """Networks whose `X-Forwarded-For` is believed."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    origins: tuple[Url, ...] = ()
    """Web origins that may call from a browser; none by default."""
    limits: Limits | None = Limits()
    """None for no limits, as in measurements."""
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    body_seconds: float = Field(default=20, gt=0, le=300)
    """How long a body may take to arrive."""
    log_file: Path | None = None
    studies: StudyLimits = StudyLimits()
    """What a run of a scenario may ask for."""

    @property
    def token_url(self) -> str:
        """The audience of client assertions."""
        return self.public_url.rstrip("/") + TOKEN_PATH


def read_settings(path: Path) -> ApiSettings:
    """The settings of a YAML file.

    Raises:
        InputError: there is no such file, or it cannot be used.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            "the configuration cannot be read", place=str(path), remedy="give a YAML file"
        ) from error
    try:
        return ApiSettings.model_validate(raw or {})
    except ValidationError as error:
        raise InputError(
            first_fault(error), place=str(path), remedy="correct the configuration"
        ) from error
