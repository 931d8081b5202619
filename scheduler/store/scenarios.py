"""The repositories of what-if: scenarios and comparisons."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from models.errors import NotFoundError
from scheduler.records_scenarios import ComparisonRecord, ScenarioRecord
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, seconds
from scheduler.store.tables_scenarios import ComparisonRow, ScenarioRow


class SqlScenarios:
    """Scenario files that were handed in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _query = select(ScenarioRow.__table__)

    def get(self, scenario: str) -> ScenarioRecord:
        """A scenario."""
        query = self._query.where(ScenarioRow.id == scenario)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no scenario {scenario}", remedy="list them")
        return _scenario(row)

    def all(self) -> tuple[ScenarioRecord, ...]:
        """Every scenario, by id."""
        rows = self._connection.execute(self._query.order_by(ScenarioRow.id))
        return tuple(map(_scenario, rows))

    def add(self, scenario: ScenarioRecord) -> None:
        """Keep a new one."""
        self._connection.execute(insert(ScenarioRow).values(**_values(scenario)))

    def change(self, scenario: ScenarioRecord) -> ScenarioRecord:
        """Write one back with the next version."""
        after = scenario.model_copy(update={"version": scenario.version + 1})
        done = self._connection.execute(
            update(ScenarioRow).where(_seen(scenario)).values(**_values(after))
        )
        one_changed(done.rowcount, "scenario", scenario.id)
        return after

    def remove(self, scenario: ScenarioRecord) -> None:
        """Drop one with its comparisons."""
        mine = delete(ComparisonRow).where(ComparisonRow.scenario_id == scenario.id)
        self._connection.execute(mine)
        done = self._connection.execute(delete(ScenarioRow).where(_seen(scenario)))
        one_changed(done.rowcount, "scenario", scenario.id)


class SqlComparisons:
    """What runs compare, and what came of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, run: str) -> ComparisonRecord:
        """That of a run."""
        query = select(ComparisonRow.__table__).where(ComparisonRow.run_id == run)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"run {run} compares no scenario", remedy="list the scenario's")
        return _comparison(row)

    def of_scenario(self, scenario: str) -> tuple[str, ...]:
        """The runs that compare a scenario, by id."""
        query = select(ComparisonRow.run_id).where(ComparisonRow.scenario_id == scenario)
        return tuple(self._connection.execute(query.order_by(ComparisonRow.run_id)).scalars())

    def add(self, comparison: ComparisonRecord) -> None:
        """Keep what a run is asked to compare."""
        members = comparison.model_dump(exclude={"run", "scenario"})
        self._connection.execute(
            insert(ComparisonRow).values(
                run_id=comparison.run, scenario_id=comparison.scenario, **members
            )
        )

    def keep_result(self, run: str, *, measures: str, page: str) -> None:
        """Keep what came of it."""
        done = self._connection.execute(
            update(ComparisonRow)
            .where(ComparisonRow.run_id == run)
            .values(measures=measures, page=page)
        )
        one_changed(done.rowcount, "comparison", run)

    def drop_pages(self, scenario: str, *, but: Collection[str]) -> int:
        """Drop the pages of a scenario's runs but some; how many there were."""
        old = (
            update(ComparisonRow)
            .where(ComparisonRow.scenario_id == scenario, ComparisonRow.page.is_not(None))
            .where(ComparisonRow.run_id.not_in(sorted(but)))
        )
        return self._connection.execute(old.values(page=None)).rowcount


def _seen(scenario: ScenarioRecord) -> ColumnElement[bool]:
    return and_(ScenarioRow.id == scenario.id, ScenarioRow.version == scenario.version)


def _values(scenario: ScenarioRecord) -> dict[str, object]:
    return {
        **dict(scenario),
        "created_at": seconds(scenario.created_at),
        "updated_at": seconds(scenario.updated_at),
    }


def _scenario(row: AnyRow) -> ScenarioRecord:
    members = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's name for a row as a mapping
    created, updated = instant(row.created_at), instant(row.updated_at)
    return ScenarioRecord(**members | {"created_at": created, "updated_at": updated})


def _comparison(row: AnyRow) -> ComparisonRecord:
    return ComparisonRecord(
        run=row.run_id,
        scenario=row.scenario_id,
        version=row.version,
        document=row.document,
        settings=row.settings,
        measures=row.measures,
        page=row.page,
    )
