"""The tables, portable to SQLite and PostgreSQL.

Instants are whole UTC seconds; documents are JSON as text; one store holds one site. Rows of domain
data carry a version that every change raises by one. `claim_cell` has no other columns than the
guard needs: its primary key is what makes a double booking impossible.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CELL_SECONDS = 300
"""Length of a claim cell: five minutes, counted from the Unix epoch."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the store."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {int: BigInteger(), str: String(200)}  # noqa: RUF012 - read by SQLAlchemy


class SiteRow(Base):
    """The site this store belongs to: its document, as it was accepted."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    updated_at: Mapped[int]


class PatientRow(Base):
    """Facts of one patient; the only table with clinical data besides readiness and referrals."""

    __tablename__ = "patient"

    id: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    updated_at: Mapped[int]


class CaseRow(Base):
    """A referral to be scheduled, with what the clinical rules last said of it."""

    __tablename__ = "referral_case"

    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    referral: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    readiness: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[int]
    version: Mapped[int]


class DecisionRow(Base):
    """What a named clinician decided for a case where a rule asks; later ones count."""

    __tablename__ = "decision"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("referral_case.id"), index=True)
    decision: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[int]


class ClaimCellRow(Base):
    """Five minutes of one resource, held by one reservation or booking."""

    __tablename__ = "claim_cell"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(index=True)


class ReservationRow(Base):
    """A proposal kept for a short while under a token."""

    __tablename__ = "reservation"
    __table_args__ = (Index(None, "state", "expires_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("referral_case.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    held: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[int]
    created_at: Mapped[int]
    created_by: Mapped[str]


class BookingRow(Base):
    """A placement that has been promised; at most one per case is not cancelled."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(f"start_at % {CELL_SECONDS} = 0", name="start_on_cell"),
        Index(
            "uq_booking_case_standing",
            "case_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index(None, "state", "start_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("referral_case.id"), index=True)
    start_at: Mapped[int]
    held: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    locked: Mapped[bool]
    placed_at: Mapped[int]
    told_at: Mapped[int | None]
    stops_told_at: Mapped[int | None]
    waiting_for: Mapped[str] = mapped_column(Text)
    trouble: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class ClosureRow(Base):
    """A resource out of use: a suite broken, a nurse ill."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("end_at > start_at", name="runs_forward"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(index=True)
    start_at: Mapped[int]
    end_at: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int]
    created_by: Mapped[str]


class RevisionRow(Base):
    """Moves that a run proposes, with their reasons, and what became of them."""

    __tablename__ = "revision"

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("job_run.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), index=True)
    cost_before: Mapped[int]
    cost_after: Mapped[int]
    bound: Mapped[int | None]
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int]
    decided_at: Mapped[int | None]
    decided_by: Mapped[str | None]
    version: Mapped[int]


class RevisionMoveRow(Base):
    """What became of one case's move of a revision."""

    __tablename__ = "revision_move"

    revision_id: Mapped[str] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[int | None]
    decided_by: Mapped[str | None]
    detail: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """Who changed what, and when; rows are chained by digest and can only be added."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject", "seq"),)

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[int]
    actor: Mapped[str]
    on_behalf_of: Mapped[str | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str]
    before: Mapped[str | None] = mapped_column(String(64))
    after: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    chain: Mapped[str] = mapped_column(String(64))
