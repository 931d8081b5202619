"""Tables of what-if: scenarios as handed in, and the comparisons that runs were asked for."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class ScenarioRow(Base):
    """A scenario file."""

    __tablename__ = "scenario"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int]
    created_by: Mapped[str]
    updated_at: Mapped[int]
    version: Mapped[int]


class ComparisonRow(Base):
    """What one run compares, and what came of it."""

    __tablename__ = "comparison"

    run_id: Mapped[str] = mapped_column(ForeignKey("job_run.id"), primary_key=True)
    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenario.id"), index=True)
    version: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    settings: Mapped[str] = mapped_column(Text)
    measures: Mapped[str | None] = mapped_column(Text)
    page: Mapped[str | None] = mapped_column(Text)
