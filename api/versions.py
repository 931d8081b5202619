"""`ETag` and `If-Match`: a change says which version it was made from."""

import re
from typing import Annotated

from fastapi import Depends, Header

from api.errors import MissingVersionError
from models.errors import InputError

_COUNTED = re.compile(r'(?:W/)?"(\d{1,18})"')
_ANY = re.compile(r'(?:W/)?"([0-9a-f]{1,32})"')

ANY = "*"
"""Would let through a change of whatever is there now: that is what `If-Match` is asked for to
prevent, so a condition that names no version counts as none."""

MatchHeader = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description=(
            "The `ETag` of what you looked at before you decided on the change. `*` names no"
            " version and is answered like none at all."
        ),
        examples=['W/"3"'],
        max_length=40,
    ),
]


def tag(version: int | str) -> str:
    """The `ETag` of a version."""
    return f'W/"{version}"'


def _seen(match: str | None, like: re.Pattern[str]) -> str:
    if match is None or match.strip() == ANY:
        said = "an If-Match header" if match is None else "an If-Match header that names a version"
        raise MissingVersionError(f"{said} is needed", remedy="send the ETag of what you have seen")
    found = like.fullmatch(match.strip())
    if found is None:
        raise InputError(
            "this is not the ETag of a version", place="If-Match", remedy='send one such as W/"3"'
        )
    return found[1]


def _seen_version(match: MatchHeader = None) -> int:
    return int(_seen(match, _COUNTED))


def _seen_digest(match: MatchHeader = None) -> str:
    return _seen(match, _ANY)


SeenVersion = Annotated[int, Depends(_seen_version)]
"""The version a change was made from; 428 without one, and for `*`."""

SeenDigest = Annotated[str, Depends(_seen_digest)]
"""The same where a version is a digest and no number."""
