"""Starting the service: what must be so before it listens, then uvicorn until it is stopped."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.security.local import write_token
from api.service import serve_sites
from api.settings import LOOPBACK_URL, ApiSettings
from models.errors import InputError, RefusedError
from scheduler import logs
from scheduler.bootstrap import Container
from scheduler.records_identity import AccountKind, AccountState
from scheduler.services import sessions

GRACE_SECONDS = 20
"""How long requests under way may take to end when the service is stopped."""


@dataclass(frozen=True)
class Start:
    """A service that is ready to run on a socket that it holds."""

    app: FastAPI
    listener: socket.socket
    url: str
    tokens: Mapping[str, str]
    """One-day tokens by site, where there are any."""


def prepare(
    containers: Sequence[Container],
    settings: ApiSettings,
    *,
    host: str,
    port: int,
    configured: bool,
) -> Start:
    """Check that the service may listen there, and take the socket.

    Args:
        containers: the services of each site.
        settings: how it is to be reached and whom it trusts.
        host: address to listen on.
        port: port; 0 takes a free one.
        configured: whether somebody has written a configuration.

    Raises:
        RefusedError: strangers could read along, or nobody could sign in.
        InputError: the address cannot be had, or stores and settings do not fit.
    """
    _check_tls(settings)
    alone = is_loopback(host)
    if not alone:
        check_exposure(containers, settings, host=host)
    service = serve_sites(containers, settings)
    listener = _listen(host, port)
    url = _url(settings, host, listener)
    if settings.public_url == LOOPBACK_URL:
        told = settings.model_copy(update={"public_url": url})
        service = replace(service, settings=told)
    tokens: dict[str, str] = {}
    for site_id, site in service.sites.items():
        if alone and not configured:
            tokens[site_id] = write_token(site.write(sessions.loopback_administrator), site_id)
        else:
            site.write(sessions.close_loopback)
    app = create_app(service)
    app.openapi()  # now, and not while the first caller who makes a mistake waits for it
    return Start(app, listener, url, tokens)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_exposure(containers: Sequence[Container], settings: ApiSettings, *, host: str) -> None:
    """Refuse to be reachable by others without sign-in or without encryption.

    Raises:
        RefusedError: names what is missing.
    """
    missing = []
    if not settings.issuers and not all(map(_has_accounts, containers)):
        missing.append("an identity provider (issuers) or local accounts (holdfast account add)")
    if settings.tls_certificate is None and not settings.trusted_proxies:
        missing.append("TLS (tls_certificate, tls_key) or trusted_proxies")
    if missing:
        raise RefusedError(
            f"without {' and without '.join(missing)} nobody else may reach the service",
            place=f"--host {host}",
            remedy="write them into --config FILE, or listen on 127.0.0.1",
        )


def _has_accounts(site: Container) -> bool:
    kinds = (AccountKind.USER, AccountKind.CLIENT)
    found = site.read(lambda desk: desk.uow.identity.accounts.all(kinds))
    return any(
        account.state is AccountState.ACTIVE
        and account.id != sessions.LOOPBACK
        and (account.password or account.jwks or account.jwks_url)
        for account in found
    )


def _check_tls(settings: ApiSettings) -> None:
    given = [settings.tls_certificate, settings.tls_key]
    if given.count(None) == 1:
        raise InputError(
            "a certificate and its key belong together", place="tls_key", remedy="give both"
        )
    for path in given:
        if path is not None and not path.is_file():
            raise InputError("there is no such file", place=str(path), remedy="correct the path")


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"cannot listen there: {error.strerror}",
            place=f"{host}:{port}",
            remedy="take another --host or --port",
        ) from error
    # asyncio sends small answers at once only on sockets that say they are of TCP; else each answer
    # waits some 40 ms for the acknowledgement of its headers.
    named = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())
    named.set_inheritable(True)
    return named


def _url(settings: ApiSettings, host: str, listener: socket.socket) -> str:
    scheme = "https" if settings.tls_certificate else "http"
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{listener.getsockname()[1]}"


def run(start: Start, settings: ApiSettings) -> None:
    """Serve until a signal; requests under way may end."""
    logs.configure(settings.log_file)
    config = uvicorn.Config(
        start.app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
    uvicorn.Server(config).run(sockets=[start.listener])
