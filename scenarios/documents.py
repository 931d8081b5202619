"""Documents that people write, in YAML or JSON, read safely and with every key once.

Times of day and dates stay text until the types that want them read them: YAML 1.1 would make a
number of 12:30, and `false` of the country code NO.
"""

import json
import re
from collections import Counter
from typing import Any

import yaml

from models.errors import InputError

_YAML = "tag:yaml.org,2002:"
_OUTDATED = {f"{_YAML}timestamp", f"{_YAML}int", f"{_YAML}bool"}


class _Loader(yaml.SafeLoader):
    """Safe YAML, its plain scalars as in YAML 1.2, and every key once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way to declare them
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _OUTDATED]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """A mapping node; refused when it names a key twice."""
        node = super().compose_mapping_node(anchor)
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        counts = Counter(key.value for key in keys)
        for key in keys:
            if counts[key.value] > 1:
                problem = f"{key.value!r} is given {counts[key.value]} times"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        return node


_Loader.add_implicit_resolver(f"{_YAML}bool", re.compile("true|false"), list("tf"))
_Loader.add_implicit_resolver(
    f"{_YAML}int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")
)


def load_document(text: str, *, place: str, remedy: str) -> Any:
    """What a YAML (or JSON) text says, as plain data.

    Args:
        text: the document.
        place: its name in errors.
        remedy: what the reader is to do about a fault, such as `correct the site file`.

    Raises:
        InputError: neither YAML nor JSON, too deep, or a key given twice; names the line.
    """
    try:
        return _loaded(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}: " if mark else ""
        fault = error.problem or "not YAML"
        raise InputError(f"{line}{fault}", place=place, remedy=remedy) from error
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {error}", place=place, remedy=remedy) from error
    except RecursionError as error:
        raise InputError("nested too deeply", place=place, remedy=remedy) from error


def _loaded(text: str) -> Any:
    """JSON is read as such: YAML knows no tabs between members and no pairs of escapes."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_once)
        except ValueError:
            pass  # a flow mapping of YAML, or a fault that the YAML loader names with its line
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key is given twice")
    return read
