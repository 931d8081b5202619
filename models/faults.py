"""What is wrong with a member of a document, in the words of whoever wrote it.

The value itself is left out: documents hold patients' data, and a sentence may end in a log.
"""

from collections.abc import Mapping
from typing import Any

_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_FLAG = "must be true or false"
_TEXT = "must be a text"
_LIST = "must be a list"
_MEMBERS = "must have members of its own, as in {name: value}"
_DAY = "must be a date such as 2026-11-30"
_MOMENT = "must be a date and time such as 2026-11-30 08:00"
_FORM = "is not written in the form that it must have"
_PLAIN: Mapping[str, str] = {
    "bool_parsing": _FLAG,
    "bool_type": _FLAG,
    "date_from_datetime_inexact": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_type": _MOMENT,
    "dict_type": _MEMBERS,
    "extra_forbidden": "there is no such member",
    "finite_number": "must be a finite number",
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "list_type": _LIST,
    "missing": "is missing",
    "model_attributes_type": _MEMBERS,
    "model_type": _MEMBERS,
    "string_pattern_mismatch": _FORM,
    "string_type": _TEXT,
    "timezone_aware": "must say its zone, as in 2026-11-30T08:00:00-06:00",
    "tuple_type": _LIST,
}
_WITH_LIMITS: Mapping[str, str] = {
    "enum": "must be {expected}",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "too_long": "is too long: at most {max_length}",
    "too_short": "is too short: at least {min_length}",
    "union_tag_invalid": "its {discriminator} must be one of {expected_tags}",
    "union_tag_not_found": "its {discriminator} is missing",
}


def fault_words(kind: str, limits: Mapping[str, Any], otherwise: str) -> str:
    """What is wrong, to stand after the name of the member.

    Args:
        kind: pydantic's name for this sort of fault.
        limits: what the value was held against, as pydantic gives it.
        otherwise: the words where there are none of ours.
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind not in _WITH_LIMITS:
        return otherwise.removeprefix("Value error, ")
    return _WITH_LIMITS[kind].format_map({name: _said(value) for name, value in limits.items()})


def _said(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit).replace("'", "")
