"""`holdfast serve` and `holdfast account`: when the service starts, for whom, and when not."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import httpx2
import pytest

from api.cli import main
from api.serving import is_loopback, prepare
from api.settings import ApiSettings, read_settings
from models.errors import InputError, RefusedError
from scheduler.bootstrap import Container, open_container
from scheduler.services import sessions
from scheduler.settings import Settings
from tests.integration.command_line import Ran

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples" / "demo-site.yaml"
START = "import sys; from api.cli import main; sys.exit(main())"


def run(*args: object) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(arg) for arg in args])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    assert run("--store", path, "init", SITE).code == 0
    return path


@pytest.fixture
def site(store: Path) -> Container:
    return open_container(Settings(store=str(store)))


def _password(tmp_path: Path, text: str = "seven wooden spoons\n") -> Path:
    path = tmp_path / "password"
    path.write_text(text)
    return path


def test_an_account_is_added_listed_and_shut_out(store: Path, tmp_path: Path) -> None:
    options = ("--role", "nurse", "--password-file", _password(tmp_path), "--store", store)
    assert run("account", "add", "ann", *options).code == 0
    [listed] = run("account", "list", "--json", "--store", store).json
    assert (listed["id"], listed["roles"], "password" in listed) == ("ann", ["nurse"], False)
    again = run("account", "add", "ann", *options)
    assert (again.code, again.err) == (1, "error: the name is taken; choose another\n")
    assert run("account", "disable", "ann", "--json", "--store", store).json["state"] == "disabled"
    assert run("account", "enable", "ann", "--json", "--store", store).json["state"] == "active"
    assert run("account", "disable", "idp:7", "--store", store).code == 0
    assert run("account", "disable", "nobody", "--store", store).code == 1


def test_a_password_is_set_and_keys_are_rotated(store: Path, tmp_path: Path) -> None:
    secret = _password(tmp_path)
    options = ("--role", "nurse", "--password-file", secret, "--store", store)
    run("account", "add", "ann", *options)
    changed = run("account", "password", "ann", "--password-file", secret, "--store", store)
    assert (changed.code, changed.out) == (0, "ann: active, nurse\n")
    first = run("account", "rotate-keys", "--json", "--store", store).json["kid"]
    second = run("account", "rotate-keys", "--revoke", "--json", "--store", store).json
    assert second["kid"] != first
    assert second["revoked"] is True


def test_a_short_password_is_refused_and_not_repeated(store: Path, tmp_path: Path) -> None:
    secret = _password(tmp_path, "abc123\n")
    options = ("--role", "nurse", "--password-file", secret, "--store", store)
    refused = run("account", "add", "ann", *options)
    assert refused.code == 1
    assert "abc123" not in refused.err


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  # what must be refused
        ("::", False),
        ("10.0.0.5", False),
        ("example.org", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, *, alone: bool) -> None:
    assert is_loopback(host) is alone


OUTSIDE = {
    "issuers": [
        {
            "name": "hospital",
            "issuer": "https://idp.example",
            "audience": "holdfast",
            "grants": {"nurses": {"demo": ["nurse"]}},
        }
    ]
}
PROXY = {"trusted_proxies": ["10.0.0.0/8"]}


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, ["an identity provider", "TLS"]),
        (PROXY, ["an identity provider"]),
        (OUTSIDE, ["TLS"]),
    ],
)
def test_others_may_not_reach_a_service_without_sign_in_or_encryption(
    site: Container, settings: dict[str, object], missing: list[str]
) -> None:
    given = ApiSettings.model_validate(settings)
    with pytest.raises(RefusedError) as refused:
        prepare([site], given, host="0.0.0.0", port=0, configured=True)  # noqa: S104
    assert [word in str(refused.value) for word in ("an identity provider", "TLS")] == [
        "an identity provider" in missing,
        "TLS" in missing,
    ]


def test_a_start_elsewhere_ends_the_token_of_this_machine(site: Container) -> None:
    issued = site.write(sessions.loopback_administrator)
    assert site.read(lambda d: sessions.known(d, issued.session.id, issued.key.kid)) is not None
    given = ApiSettings.model_validate(OUTSIDE | PROXY)
    start = prepare([site], given, host="127.0.0.1", port=0, configured=True)
    assert start.app.openapi_schema is not None  # made before anybody waits for it
    start.listener.close()
    assert start.tokens == {}
    assert site.read(lambda d: sessions.known(d, issued.session.id, issued.key.kid)) is None


def test_the_token_of_this_machine_is_no_local_account(site: Container) -> None:
    site.write(sessions.loopback_administrator)
    with pytest.raises(RefusedError, match="nobody else may reach"):
        prepare([site], ApiSettings(), host="0.0.0.0", port=0, configured=True)  # noqa: S104


def test_two_stores_of_one_site_are_refused(site: Container) -> None:
    with pytest.raises(InputError, match="two stores are of site demo"):
        prepare([site, site], ApiSettings(), host="127.0.0.1", port=0, configured=False)


def test_grants_at_a_site_that_is_not_served_are_refused(site: Container) -> None:
    text = json.dumps(OUTSIDE).replace("demo", "elsewhere")
    given = ApiSettings.model_validate_json(text)
    with pytest.raises(InputError, match="elsewhere"):
        prepare([site], given, host="127.0.0.1", port=0, configured=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limits: {caller: often}", "limits.caller"),
        ("origins: ['http://console.example']", "origins.0: an https URL is needed"),
        ("trusted_proxies: [everybody]", "trusted_proxies.0"),
        ("secret: x", "secret: there is no such member"),
        (json.dumps(OUTSIDE)[:-3] + ', "algorithms": ["HS256"]}]}', "algorithms.0"),
        ("{", "cannot be read"),
    ],
)
def test_a_bad_configuration_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "serve.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_settings(path)
    assert said in str(refused.value)


def test_serve_answers_its_one_day_token_and_stops_gracefully(store: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, "serve", "--store", store, "--port", "0", "--json"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        with process.stdout:
            text = "".join(iter(process.stdout.readline, "}\n")) + "}"
            told = json.loads(text)
            try:
                with httpx2.Client(base_url=told["url"], timeout=30) as client:
                    token = {"Authorization": f"Bearer {told['tokens']['demo']}"}
                    assert client.get("/v1/accounts", headers=token).status_code == 200
                    assert client.get("/v1/accounts").status_code == 401
                    assert "server" not in client.get("/v1/accounts").headers
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)
    lines = (tmp_path / "log").read_text()
    assert process.returncode in {0, 130}
    assert told["tokens"]["demo"] not in lines
    assert '"route": "/accounts"' in lines or '"route": "/v1/accounts"' in lines
