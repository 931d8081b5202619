"""The repository of signatures under policies."""

from sqlalchemy import Connection, insert, select

from scheduler.records_plan import SignOff
from scheduler.store.codec import AnyRow, instant, seconds
from scheduler.store.tables_plan import SignOffRow


class SqlSignOffs:
    """Signatures of clinicians."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, signed: SignOff) -> None:
        """Keep a signature."""
        self._connection.execute(
            insert(SignOffRow).values(
                signed_by=signed.by,
                signed_at=seconds(signed.at),
                **signed.model_dump(include={"id", "policy", "version", "digest", "comment"}),
            )
        )

    def all(self, policy: str | None = None) -> tuple[SignOff, ...]:
        """Every signature (under one policy), oldest first."""
        query = select(SignOffRow.__table__).order_by(SignOffRow.signed_at, SignOffRow.id)
        if policy is not None:
            query = query.where(SignOffRow.policy == policy)
        return tuple(map(_signed, self._connection.execute(query)))


def _signed(row: AnyRow) -> SignOff:
    return SignOff(
        id=row.id,
        policy=row.policy,
        version=row.version,
        digest=row.digest,
        by=row.signed_by,
        at=instant(row.signed_at),
        comment=row.comment,
    )
