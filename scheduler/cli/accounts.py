"""`account`: who may use the service of a site with a password, and the keys that sign tokens."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import say, say_json, table
from scheduler.records_identity import AccountKind, Role

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.records_identity import AccountRecord

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="First line is the password; - for standard input. Asked for when left out.",
    ),
]


def add(
    department: "Container",
    name: Name,
    *,
    role: Annotated[list[Role], typer.Option("--role", help="A role; repeatable.")],
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a user with a password."""
    from scheduler.services import accounts, passwords

    kept = passwords.hash_password(_password(password_file), account=name)
    _tell(department.write(lambda desk: accounts.add_user(desk, name, role, kept)), as_json=as_json)


def show_all(department: "Container", *, as_json: AsJson = False) -> None:
    """List users, clients, and identities from outside that are shut out."""
    from scheduler.services import accounts

    found = department.read(lambda desk: accounts.users(desk, kinds=tuple(AccountKind)))
    if as_json:
        say_json([_plain(account) for account in found])
        return
    table(
        ("name", "kind", "state", "roles", "version"),
        [(a.id, a.kind.value, a.state.value, " ".join(a.roles), a.version) for a in found],
    )


def disable(department: "Container", name: Name, *, as_json: AsJson = False) -> None:
    """Shut an account out at once; `ISSUER:SUBJECT` shuts out one of an identity provider."""
    from scheduler.services import accounts

    _tell(department.write(lambda desk: accounts.shut_out(desk, name)), as_json=as_json)


def enable(department: "Container", name: Name, *, as_json: AsJson = False) -> None:
    """Let an account in again that was shut out; its old tokens stay ended."""
    from scheduler.services import accounts

    _tell(department.write(lambda desk: accounts.let_in(desk, name)), as_json=as_json)


def password(
    department: "Container",
    name: Name,
    *,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Set a user's password; the tokens they have end."""
    from scheduler.services import accounts, passwords

    kept = passwords.hash_password(_password(password_file), account=name)
    users = (AccountKind.USER,)
    after = department.write(
        lambda desk: accounts.set_password(desk, accounts.one(desk, name, kinds=users), kept)
    )
    _tell(after, as_json=as_json)


def rotate_keys(
    department: "Container",
    *,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Also refuse all tokens that old keys have signed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign tokens with a new key from now on; the old key verifies what it has signed."""
    from scheduler.services import signing

    made = department.write(lambda desk: signing.rotate(desk, revoke=revoke))
    if as_json:
        say_json({"kid": made.kid, "revoked": revoke})
    else:
        say(f"tokens are signed by {made.kid}" + ("; all others are refused" if revoke else ""))


def _password(file: Path | None) -> str:
    if file is None:
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True))
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the password cannot be read", place=str(file), remedy="give a text file"
        ) from error
    return text.split("\n", 1)[0].rstrip("\r")


def _plain(account: "AccountRecord") -> dict[str, object]:
    return account.model_dump(mode="json", exclude={"password", "jwks"})


def _tell(account: "AccountRecord", *, as_json: bool) -> None:
    if as_json:
        say_json(_plain(account))
    else:
        say(f"{account.id}: {account.state.value}, {' '.join(account.roles) or 'no role'}")


COMMANDS: Commands = {
    "add": on_store(add),
    "list": on_store(show_all),
    "disable": on_store(disable),
    "enable": on_store(enable),
    "password": on_store(password),
    "rotate-keys": on_store(rotate_keys),
}
