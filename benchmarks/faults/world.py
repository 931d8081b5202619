"""A small department with plenty of cases that may be treated at any time, and callers with tokens.

Its clock stands still, so that a run does not depend on the day on which it is made.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any

from api.security.local import write_token
from benchmarks.made_up import made_up_patient, made_up_referral
from models.timegrid import at_local, zone
from scheduler.bootstrap import Container, FixedClock, RandomIds
from scheduler.ports import Clock
from scheduler.records_identity import Role
from scheduler.services import accounts, sessions
from scheduler.services.department import Departments
from scheduler.services.search import search_in_child
from scheduler.site_files import LibraryDates, parse_site
from scheduler.store.engine import Store

SITE_ID = "made-up"
ZONE = zone("America/Chicago")
MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
SITE = f"""
id: {SITE_ID}
timezone: America/Chicago
tick_minutes: 5
horizon_days: 28
policies: [SIR2019-high]
calendars:
  weekdays: {{weekly: {{mon-fri: ["08:00-17:30"]}}}}
  long: {{weekly: {{mon-fri: ["06:00-20:00"]}}}}
resources:
  - {{id: suite, kind: suite, tags: [fluoroscopy, biplane], calendar: weekdays, count: 6,
     open_cost: 40}}
  - {{id: dr, kind: proceduralist, tags: [spine, ir], calendar: weekdays, count: 6,
     minutes_per_day: 480, suite_change_cost: 25}}
  - {{id: rn, kind: sedation, tags: [moderate, deep], calendar: long, count: 7}}
  - {{id: bay, kind: bay, calendar: long, count: 16}}
  - {{id: ct-1, kind: ct, calendar: weekdays}}
arrivals:
  - {{calendar: long, first: "06:00", last: "16:00", every_minutes: 15, per_time: 2}}
"""
Body = dict[str, Any]


def services(store: Store, *, clock: Clock | None = None) -> Container:
    """The services over a store of this department."""
    return Container(
        store=store,
        clock=clock or FixedClock(NOW),
        ids=RandomIds(),
        departments=Departments(LibraryDates()),
        search=search_in_child,
        actor="benchmark",
    )


def fill(site: Container, cases: int | list[str], *, site_id: str = SITE_ID) -> list[str]:
    """Give a store its department and so many assessed cases, or those that are named."""
    site.init(parse_site(SITE.replace(SITE_ID, site_id), place="the made-up site"))
    names = cases if isinstance(cases, list) else [f"case-{n:05}" for n in range(cases)]
    people = [made_up_patient(f"patient-{name}", NOW) for name in names]
    site.import_intake(people, [made_up_referral(name, f"patient-{name}", NOW) for name in names])
    site.assess_all()
    return names


def token(site: Container, *roles: Role, name: str = "caller") -> str:
    """A real bearer token of a user with some roles, good for a day."""
    site.write(lambda desk: accounts.add_user(desk, name, roles or (Role.SCHEDULER,), None))
    issued = site.write(
        lambda desk: sessions.issue(
            desk,
            desk.uow.identity.accounts.get(name),
            seconds=sessions.ADMINISTRATOR_SECONDS,
        )
    )
    return write_token(issued, SITE_ID)


def starts(days: Iterable[int], *, every_minutes: int = 15) -> list[datetime]:
    """Starts on some days after the Monday, as far as the day's hours allow."""
    first, last = 9 * 60, 15 * 60 + 30
    return [
        at_local(MONDAY + timedelta(days=day), time(*divmod(minute, 60)), ZONE)
        for day, minute in product(days, range(first, last, every_minutes))
    ]


def moment(text: str) -> datetime:
    """The instant of a text."""
    return datetime.fromisoformat(text)


def weekdays(count: int) -> list[int]:
    """The first working days after the Monday, as days after it, without the public holiday."""
    thanksgiving = 10
    found = [day for day in range(1, 28) if day % 7 < 5 and day != thanksgiving]
    return found[:count]


def placement(rng: Random, start: datetime) -> Body:
    """A placement at a start with six resources drawn at random."""
    arrival = (start - timedelta(hours=1)).astimezone(ZONE)
    preparation, recovery = rng.sample(range(1, 17), 2)
    assigned = {
        "suite": f"suite-{rng.randint(1, 6)}",
        "proceduralist": f"dr-{rng.randint(1, 6)}",
        "sedation": f"rn-{rng.randint(1, 7)}",
        "preparation": f"bay-{preparation}",
        "recovery": f"bay-{recovery}",
        "arrival": f"arrival-{arrival:%Y-%m-%d-%H%M}-{rng.randint(1, 2)}",
    }
    return {"start": start.isoformat(), "assigned": assigned}
