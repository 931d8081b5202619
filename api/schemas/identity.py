"""What callers send and see of tokens, accounts and emergencies."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from api.security.permissions import EMERGENCY, Permission, Role, granted
from api.security.scopes import is_scope
from models.base import Frozen, Instant
from models.errors import InputError
from scheduler.records_identity import AccountRecord, AccountState, GlassGrant

Name = Annotated[str, StringConstraints(min_length=2, max_length=100)]
Reason = Annotated[str, StringConstraints(min_length=10, max_length=2000)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class TokenIn(BaseModel):
    """A request for a token, as a form; members that OAuth does not name here are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    grant_type: str | None = Field(default=None, examples=["client_credentials"])
    scope: str | None = Field(default=None, examples=["system/Appointment.cruds"])
    client_assertion_type: str | None = Field(
        default=None, examples=["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    )
    client_assertion: str | None = Field(default=None, examples=["eyJhbGciOiJFUzM4NCIs..."])


class TokenOut(Frozen):
    """A bearer token, in the form of RFC 6749."""

    access_token: str = Field(examples=["eyJhbGciOiJFUzI1NiIs..."])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # a kind of token, not a token
    expires_in: int = Field(description="Seconds.", examples=[300])
    scope: str = Field(description="What it was given for.", examples=["system/Appointment.rs"])


class TokenFault(Frozen):
    """Why no token was given, in the form of RFC 6749 section 5.2."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["the client is not known by this proof"])


class SignIn(Frozen):
    """A user's name and password."""

    name: Name = Field(examples=["ann"])
    password: Secret = Field(examples=["correct horse battery staple"])
    site: str | None = Field(
        default=None, max_length=200, description="Which site, where there are several."
    )


class PasswordChange(SignIn):
    """A user's name and password, and the password from now on."""

    new_password: Annotated[SecretStr, Field(min_length=12, max_length=200)]


class SessionOut(Frozen):
    """A user's token, and what it permits."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # a kind of token, not a token
    expires_at: Instant
    idle_seconds: int = Field(description="It ends when unused for so long.", examples=[1800])
    site: str = Field(examples=["demo"])
    roles: tuple[Role, ...]
    permissions: tuple[Permission, ...]


class AccountOut(Frozen):
    """A user of the site."""

    name: str = Field(examples=["ann"])
    state: AccountState
    roles: tuple[Role, ...]
    has_password: bool
    version: int = Field(examples=[1])
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, account: AccountRecord) -> Self:
        """An account as its administrator sees it."""
        return cls(
            name=account.id,
            state=account.state,
            roles=account.roles,
            has_password=account.password is not None,
            version=account.version,
            created_at=account.created_at,
            updated_at=account.updated_at,
        )


class AccountIn(Frozen):
    """A new user; the password is set afterwards."""

    name: Name = Field(examples=["ann"])
    roles: tuple[Role, ...] = Field(min_length=1, max_length=6, examples=[["scheduler"]])


class RolesIn(Frozen):
    """The roles from now on."""

    roles: tuple[Role, ...] = Field(max_length=6, examples=[["nurse"]])


class StateIn(Frozen):
    """Whether the account may be used from now on."""

    state: AccountState


class PasswordIn(Frozen):
    """The password from now on."""

    password: Annotated[SecretStr, Field(min_length=12, max_length=200)]


class KeysIn(Frozen):
    """A client's public keys: as a set, or where it publishes them."""

    jwks: dict[str, Any] | None = Field(
        default=None, examples=[{"keys": [{"kty": "EC", "kid": "1", "crv": "P-384"}]}]
    )
    jwks_url: str | None = Field(
        default=None, max_length=500, examples=["https://ehr.example/jwks.json"]
    )

    def set_text(self) -> str | None:
        """The set as it is kept.

        Raises:
            InputError: it has a number that JSON has not.
        """
        try:
            return None if self.jwks is None else json.dumps(self.jwks, allow_nan=False)
        except ValueError as error:
            raise InputError("this is no key set", place="jwks", remedy="correct it") from error


class ClientIn(Frozen):
    """A new system."""

    name: Name = Field(examples=["ehr"])
    roles: tuple[Role, ...] = Field(default=(Role.SYSTEM,), max_length=6)
    scopes: tuple[Annotated[str, StringConstraints(max_length=100)], ...] = Field(
        min_length=1, max_length=50, examples=[["system/Appointment.cruds"]]
    )
    keys: KeysIn

    def unknown_scope(self) -> int | None:
        """The place of the first scope that means nothing here."""
        return next((n for n, scope in enumerate(self.scopes) if not is_scope(scope)), None)


class ClientOut(Frozen):
    """A system that signs with its own key."""

    name: str = Field(examples=["ehr"])
    state: AccountState
    roles: tuple[Role, ...]
    scopes: tuple[str, ...]
    jwks_url: str | None
    key_ids: tuple[str, ...] = Field(description="Of the set that was given, if one was.")
    version: int = Field(examples=[1])
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, account: AccountRecord) -> Self:
        """A client as its administrator sees it."""
        keys = json.loads(account.jwks)["keys"] if account.jwks else ()
        return cls(
            name=account.id,
            state=account.state,
            roles=account.roles,
            scopes=account.scopes,
            jwks_url=account.jwks_url,
            key_ids=tuple(key["kid"] for key in keys),
            version=account.version,
            created_at=account.created_at,
            updated_at=account.updated_at,
        )


class GlassIn(Frozen):
    """Why there is an emergency."""

    reason: Reason = Field(examples=["cord compression, nobody with booking rights on call"])


class GlassOut(Frozen):
    """An emergency in which somebody took more permissions."""

    id: str = Field(examples=["glass-5f0c"])
    subject: str = Field(examples=["ann"])
    reason: str
    granted_at: Instant
    expires_at: Instant
    permissions: tuple[Permission, ...]
    reviewed_at: Instant | None
    reviewed_by: str | None
    finding: str | None
    version: int

    @classmethod
    def of(cls, grant: GlassGrant) -> Self:
        """An emergency as it is kept."""
        return cls(permissions=tuple(sorted(EMERGENCY)), **grant.model_dump())


class ReviewIn(Frozen):
    """What a reviewer found."""

    finding: Reason = Field(examples=["justified: the on-call scheduler could not be reached"])


def permissions_of(roles: tuple[Role, ...]) -> tuple[Permission, ...]:
    """What roles permit, in order."""
    return tuple(sorted(granted(roles)))
