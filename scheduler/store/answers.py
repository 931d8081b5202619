"""Answers to requests that may be sent again, beside the changes that the requests made."""

import json
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from scheduler.records import Answered, RequestKey
from scheduler.store.codec import seconds
from scheduler.store.tables_service import AnswerRow


class SqlAnswers:
    """Answers kept in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _of_key = select(AnswerRow.digest, AnswerRow.status, AnswerRow.body, AnswerRow.headers).where(
        AnswerRow.principal == bindparam("principal"),
        AnswerRow.route == bindparam("route"),
        AnswerRow.key == bindparam("key"),
    )
    _insert = insert(AnswerRow)

    def find(self, key: RequestKey) -> Answered | None:
        """What was answered to the request of a key."""
        row = self._connection.execute(self._of_key, key._asdict()).one_or_none()
        if row is None:
            return None
        headers = json.loads(row.headers)
        return Answered(digest=row.digest, status=row.status, body=row.body, headers=headers)

    def add(self, key: RequestKey, answer: Answered, at: datetime) -> None:
        """Keep an answer."""
        self._connection.execute(
            self._insert,
            {
                "principal": key.principal,
                "route": key.route,
                "key": key.key,
                "digest": answer.digest,
                "status": answer.status,
                "body": answer.body,
                "headers": json.dumps(answer.headers, sort_keys=True),
                "kept_at": seconds(at),
            },
        )

    def forget_before(self, moment: datetime) -> int:
        """Drop answers kept before a moment; how many there were."""
        old = delete(AnswerRow).where(AnswerRow.kept_at < seconds(moment))
        return self._connection.execute(old).rowcount
