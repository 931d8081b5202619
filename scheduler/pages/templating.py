"""The one Jinja environment of the pages: escaping on, a missing name is an error."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.views.axis import clock, day_and_clock, weekday_and_clock


def percent(fraction: float) -> str:
    """A fraction as a CSS length, such as `12.5%`."""
    return f"{100 * fraction:.4f}".rstrip("0").rstrip(".") + "%"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment for the staff's pages, in English."""
    return new_environment()


def new_environment() -> Environment:
    """An environment with the filters that every page may use."""
    env = Environment(
        loader=PackageLoader("scheduler.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["percent"] = percent
    env.filters["clock"] = clock
    env.filters["day_and_clock"] = day_and_clock
    env.filters["weekday_and_clock"] = weekday_and_clock
    return env
