"""The audit as callers read it: who changed what, and whether the record is whole."""

from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import Frozen
from scheduler.records import AuditEntry


class AuditOut(Frozen):
    """One change; of what was changed only digests are kept."""

    seq: int = Field(description="Rises with every row.", examples=[1204])
    at: datetime
    actor: str = Field(description="Who did it.", examples=["ann"])
    on_behalf_of: str | None = Field(
        description="For whom a system did it, where it said so.", examples=[None]
    )
    action: str = Field(examples=["booking.move"])
    subject: str = Field(description="What was changed.", examples=["referral-7"])
    before: str | None = Field(description="SHA-256 of the record before; none for a new one.")
    after: str | None = Field(description="SHA-256 of the record after; none for one that is gone.")
    detail: str = Field(examples=["with a reason"])
    chain: str = Field(description="SHA-256 over this row and `chain` of the one before it.")

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """A row as it is kept."""
        return cls(**dict(entry))


class HeadOut(Frozen):
    """The last row: kept elsewhere, it shows later whether rows were cut off the end."""

    site: str = Field(examples=["demo"])
    seq: int = Field(description="0 while nothing has been changed.", examples=[1204])
    at: datetime | None
    chain: str | None

    @classmethod
    def of(cls, site: str, entry: AuditEntry | None) -> Self:
        """The last row of a site."""
        if entry is None:
            return cls(site=site, seq=0, at=None, chain=None)
        return cls(site=site, seq=entry.seq, at=entry.at, chain=entry.chain)


class VerifiedOut(Frozen):
    """Whether every row follows from the one before it."""

    intact: bool
    first_break: int | None = Field(
        description="The first row that does not follow from the one before it.", examples=[None]
    )
    head: HeadOut
