"""What a study found, as plain data for a program: the command line's and the service's."""

from math import isnan
from typing import Any

import pandas as pd

from scenarios.carrying_out import Found


def found_json(found: Found, *tables: str) -> dict[str, Any]:
    """What was compared, how, and tables of the comparison; what is not defined is None.

    Args:
        found: a study that was carried out.
        tables: which tables of the comparison: `differences`, `intervals` or `values`; groups are
            among the rows, single sites are not.
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
        rows = comparison.whole(getattr(comparison, name), grouped=True) if comparison else None
        told[name] = [] if rows is None else _records(rows)
    return told


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if _undefined(value) else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]


def _undefined(value: object) -> bool:
    return isinstance(value, float) and isnan(value)
