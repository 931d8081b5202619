"""The policy files, clinical rules and code lists that come with Holdfast."""

from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from models.clinical.policy_file import parse_policy
from models.clinical.rows import Policy
from models.clinical.rules import RuleSet, parse_rules
from models.errors import PolicyError

_POLICIES = files("models") / "clinical" / "policies"
_DATA = files("models") / "clinical" / "data"


@lru_cache(maxsize=1)
def shipped_policy_names() -> tuple[str, ...]:
    """Names of the shipped policies, in order."""
    found = (entry.name for entry in _POLICIES.iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv")))


@lru_cache(maxsize=64)
def shipped_policy(name: str) -> Policy:
    """The shipped policy of that name.

    Raises:
        PolicyError: there is none.
    """
    known = shipped_policy_names()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise PolicyError(
            f"there is no policy {name!r}",
            remedy=f"nearest: {near[0]}" if near else f"use {', '.join(known)}",
        )
    text = (_POLICIES / f"{name}.csv").read_text(encoding="utf-8")
    return parse_policy(text, place=f"{name}.csv")


@lru_cache(maxsize=1)
def shipped_rules() -> RuleSet:
    """The clinical rules other than drug holds."""
    rules, lists = (
        (_DATA / name).read_text(encoding="utf-8") for name in ("clinical-rules.toml", "codes.toml")
    )
    return parse_rules(rules, lists, place="clinical-rules.toml")
