"""Generated requests to every route in every role: no failure, no undeclared answer, no way round.

    python benchmarks/faults/fuzz.py [--cases 20000] [--seed 0]

Requests are made from the OpenAPI document by schemathesis, with ids that exist put in half of the
time. Each role has a real token; and some callers have none. An answer must have a status that the
document declares, never one of 500 and more; and a role that a route does not permit must never
succeed; who has broken the glass may do what that permits, from then on. Some requests are for a
case of another site, or for that site: the answer must be the one that is given where there is no
such case or site. Words that only patients' data hold (`canaries.py`), some asked for by callers,
must be in no answer that is a fault, no log record and no metrics. Controls run the same with a
fault sown into the application (`sown.py`). The exit status is 1 when something was found, or a
control found nothing.
"""

import argparse
import logging
import math
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core import NotSet
from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from api.app import create_app  # noqa: E402 - needs the path above
from api.policy import policy_of, routes_of  # noqa: E402 - needs the path above
from api.security.permissions import EMERGENCY, GRANTS, Permission, Role  # noqa: E402
from api.service import serve_sites  # noqa: E402 - needs the path above
from api.settings import ApiSettings  # noqa: E402 - needs the path above
from benchmarks.faults import canaries, world  # noqa: E402 - needs the path above
from benchmarks.faults.sown import SOWN  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above
from scheduler.store.engine import Store  # noqa: E402 - needs the path above

CASES = ("case-00001", "case-00004", "case-00008")
THEIRS, NOWHERE = "theirs-0001", "nobody-0001"
"""A case of the other site, and one of none; so long as each other, as an answer may name them."""
OTHER_SITE, NO_SITE = "elsewhere", "nowhere-x"
CALLERS: tuple[Role | None, ...] = (*Role, None)
BREAKING = "POST /v1/break-glass"


@dataclass
class Findings:
    """What was wrong, each kind once."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()
    """Operations for which one has to be somebody at the site."""
    heard: list[logging.LogRecord] = field(default_factory=list)
    """What was logged since the last answer."""
    records: int = 0

    def tell(self, what: str, route: str, detail: str) -> None:
        """Keep the first example of a fault."""
        self.faults.setdefault(f"{what}: {route}", detail[:300])

    def listen(self, route: str) -> None:
        """Search what was logged since this was last asked."""
        for leak in canaries.in_records(self.heard):
            self.tell("patient in a log", route, leak)
        self.records += len(self.heard)
        self.heard.clear()


@contextmanager
def application() -> Iterator[tuple[FastAPI, dict[Role, str]]]:
    """The application over a department with a few bookings, and a token of each role there.

    Another department has a case of its own, and nobody who calls.
    """
    folder = tempfile.mkdtemp(prefix="holdfast-fuzz-")
    store, second = (Store.at(str(Path(folder) / f"{name}.sqlite")) for name in ("one", "two"))
    try:
        store.migrate()
        second.migrate()
        site, other = world.services(store), world.services(second)
        world.fill(other, [THEIRS], site_id=OTHER_SITE)
        names = world.fill(site, 12)
        for name, place in zip(names[:6], timetable(1), strict=False):
            site.book(name, world.moment(place["start"]), place["assigned"])
        tokens = {role: world.token(site, role, name=f"the-{role}") for role in Role}
        yield create_app(serve_sites([site, other], ApiSettings(limits=None))), tokens
    finally:
        store.close()
        second.close()
        shutil.rmtree(folder)


def run(
    *, cases: int, number: int = 0, only: Sequence[str] = (), sow: Sequence[str] = ()
) -> Findings:
    """So many requests, spread evenly over routes and callers.

    Args:
        cases: how many requests at least.
        number: seed of what is generated.
        only: parts of the names of operations; all when left out.
        sow: faults that are to be found.
    """
    found = Findings()
    with (
        application() as (app, tokens),
        warnings.catch_warnings(),
        canaries.recorded() as found.heard,
    ):
        warnings.simplefilter("ignore")
        for name in sow:
            SOWN[name].sow(app)
        client = TestClient(app, raise_server_exceptions=False)
        document = client.get("/v1/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        policies = _policies(app)
        found.guarded = frozenset(k for k, v in policies.items() if isinstance(v, Permission))
        operations = [one.ok() for one in schema.get_all_operations()]
        if only:
            operations = [one for one in operations if any(part in one.label for part in only)]
        broken: set[Role | None] = set()
        each = math.ceil(cases / (len(operations) * len(CALLERS)))
        for operation in operations:
            for caller in CALLERS:
                token = None if caller is None else tokens[caller]
                may = _may(policies.get(operation.label), caller, broken)
                done = _ask(client, operation, token, found, may=may, count=each, number=number)
                if done and operation.label == BREAKING:
                    broken.add(caller)
        _read_metrics(client, tokens, found)
    return found


def _read_metrics(client: TestClient, tokens: Mapping[Role, str], found: Findings) -> None:
    """What has been counted over all requests names no patient."""
    route = "/v1/metrics"
    headers = {
        "Authorization": f"Bearer {tokens[Role.ADMINISTRATOR]}",
        "Holdfast-Site": world.SITE_ID,
    }
    answer = client.get(route, headers=headers)
    if answer.status_code != 200 or canaries.within(answer.text):
        found.tell("patient in the metrics", f"GET {route}", answer.text)


def _policies(app: FastAPI) -> dict[str, object]:
    return {
        f"{min(route.methods or ())} {route.path}": policy_of(route)
        for route in routes_of(app)
        if isinstance(route.original_route, APIRoute)
    }


def _may(policy: object, role: Role | None, broken: Collection[Role | None]) -> bool:
    if not isinstance(policy, Permission):
        return True
    emergency = EMERGENCY if role in broken else frozenset[Permission]()
    return role is not None and policy in GRANTS[role] | emergency


def _ask(
    client: TestClient,
    operation: Any,
    token: str | None,
    found: Findings,
    *,
    may: bool,
    count: int,
    number: int,
) -> bool:
    """Send generated requests of one operation as one caller; says whether one succeeded."""
    done: list[bool] = []
    known = st.sampled_from([*CASES, THEIRS, canaries.NAME, None])
    guarded = operation.label in found.guarded
    sites = st.sampled_from([None, None, OTHER_SITE]) if guarded else st.none()

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(
        case=operation.as_strategy(),
        name=known,
        site=sites,
        key=st.uuids(),
        spoken=st.integers(0, 9),
    )
    def one(case: Any, name: str | None, site: str | None, key: Any, spoken: int) -> None:
        case.body, case.query = _spoken(case.body, spoken), _spoken(case.query, 9 - spoken)
        if name is not None and "case" in (case.path_parameters or {}):
            case.path_parameters["case"] = name
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if operation.method.upper() not in {"GET", "HEAD"} and name is not None:
            headers |= {"Idempotency-Key": str(key), "If-Match": 'W/"1"'}
        if site is not None:
            headers["Holdfast-Site"] = site
        done.append(_judge(client, operation, case, headers, found, may=may))

    one()
    return any(done)


def _spoken(members: Any, number: int) -> Any:
    """The members of a request, in three of ten with words about a patient in place of one."""
    if number > 2 or not isinstance(members, Mapping) or not members:
        return members
    name = sorted(members)[number % len(members)]
    return {**members, name: canaries.FREE_TEXT}


def _judge(
    client: TestClient,
    operation: Any,
    case: Any,
    headers: dict[str, str],
    found: Findings,
    *,
    may: bool,
) -> bool:
    """Send a request and look at the answer; says whether it succeeded."""
    given_headers = {k: v for k, v in (case.headers or {}).items() if k not in headers}
    case.headers = {**given_headers, **headers}
    if "Authorization" not in headers:
        case.headers.pop("Authorization", None)
    response = _send(client, case)
    status = int(response.status_code)
    found.cases += 1
    found.statuses[status] += 1
    told = f"{status} {response.text[:200]} to {case.formatted_path} {case.body!r}"
    if status >= 500:
        found.tell("5xx", operation.label, told)
    if status < 300 and not may:
        found.tell("bypass", operation.label, told)
    if "Authorization" in headers and _tells(client, case, response):
        found.tell("tells what there is", operation.label, told)
    if status >= 400 and canaries.within(_unasked(response.text, case)):
        found.tell("patient in a fault", operation.label, told)
    found.listen(operation.label)
    if str(status) not in operation.definition.raw["responses"]:
        found.tell(f"undeclared {status}", operation.label, told)
    return status < 300


def _unasked(text: str, case: Any) -> str:
    """An answer without the id that was asked for, which it may repeat to whoever asked."""
    asked = (case.path_parameters or {}).get("case")
    return text.replace(asked, "") if asked == canaries.NAME else text


def _tells(client: TestClient, case: Any, response: Any) -> bool:
    """Whether what is not the caller's is answered otherwise than what there is not."""
    if case.headers.get("Holdfast-Site") == OTHER_SITE:
        case.headers["Holdfast-Site"] = NO_SITE
    elif (case.path_parameters or {}).get("case") == THEIRS:
        case.path_parameters["case"] = NOWHERE
    else:
        return False
    other = _send(client, case)
    mine = response.text.replace(THEIRS, NOWHERE)
    return bool((other.status_code, other.text) != (response.status_code, mine))


def _send(client: TestClient, case: Any) -> Any:
    content = {} if isinstance(case.body, NotSet) else {"json": case.body}
    if "form" in (case.media_type or "") and content:
        content = {"data": case.body}
    headers = {name: value.encode("utf-8", "replace") for name, value in case.headers.items()}
    return client.request(
        case.method, case.formatted_path, params=case.query or None, headers=headers, **content
    )


def _finds(sown: str, cases: int) -> bool:
    """Whether a fault that was sown is found for what it is."""
    fault = SOWN[sown]
    found = run(cases=cases, only=[fault.operation], sow=[sown])
    return any(told.startswith(f"{fault.found_as}: ") for told in found.faults)


def main() -> int:
    """Send the requests from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", help="a part of the name of an operation")
    parser.add_argument("--control", type=int, default=150, help="requests of each control")
    options = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # searched, and not shown
    found = run(cases=options.cases, number=options.seed, only=options.only or ())
    print(f"{found.cases} requests, statuses {dict(sorted(found.statuses.items()))}")
    leaks = sum(fault.startswith("patient in ") for fault in found.faults)
    print(f"canaries in faults, metrics and {found.records} log records: {leaks}")
    for fault, detail in sorted(found.faults.items()):
        print(f"- {fault}\n    {detail}")
    missed = [name for name in SOWN if not _finds(name, options.control)]
    print(f"faults sown {len(SOWN)}, not found: {', '.join(missed) or 'none'}")
    return 1 if found.faults or missed else 0


if __name__ == "__main__":
    sys.exit(main())
