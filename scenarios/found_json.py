"""What a study found, as plain data for a program: the command line's and the service's."""

from datetime import datetime
from math import isnan
from typing import Any

import pandas as pd

from scenarios.carrying_out import Found
from scenarios.measures.comparison import Comparison

MOVED = "moved_after_stop"


def found_json(found: Found, *tables: str) -> dict[str, Any]:
    """What was compared, how, and tables of the comparison; what is not defined is None.

    Args:
        found: a study that was carried out.
        tables: `differences`, `intervals` or `values` of the comparison, with groups among the
            rows and without single sites; or `moved_after_stop`, of all sites and replications.
    """
    comparison, ran = found.comparison, found.ran
    cautions = comparison.cautions if comparison else {}
    told = {
        "baseline": found.study.baseline,
        "scenarios": [
            {
                "name": one.name,
                "title": one.scenario.title,
                "changes": list(one.scenario.words()),
                "caution": cautions.get(one.name, ""),
            }
            for one in found.study.compared
        ],
        "settings": found.study.settings.model_dump(mode="json"),
        "runs": {"computed": ran.computed, "kept": ran.kept},
        "missing": ran.missing,
        "notes": list(comparison.notes if comparison else ()),
    }
    for name in tables:
        told[name] = _records(_table(found, comparison, name)) if comparison else []
    return told


def _table(found: Found, comparison: Comparison, name: str) -> pd.DataFrame:
    if name == MOVED:
        return found.moved
    return comparison.whole(getattr(comparison, name), grouped=True)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict("records")
    ]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if isinstance(value, float) and isnan(value) else value
