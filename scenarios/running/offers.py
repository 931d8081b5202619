"""Who is offered to which site, and who is taken there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.base import Priority
from scenarios.records import CaseRecord, Outcome, Run
from scenarios.running.digests import Subject
from scenarios.running.guests import Guest, can_serve, members, with_guests, without
from scenarios.running.network import Network, Subjects, Transfer

ORDER = {priority: place for place, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True)
class Sent:
    """A case at another site than its own."""

    case: str
    """Its id at home."""
    home: str
    to: str
    points: int
    km: float | None

    @property
    def guest_id(self) -> str:
        """Its id at the other site."""
        return f"{self.home}/{self.case}"


class Desk:
    """Offers each case to the sites that may take it, one after another and never twice.

    Args:
        network: the transfers.
        subjects: of the sites before anybody moved.
    """

    def __init__(self, network: Network, subjects: Subjects) -> None:
        self._network = network
        self._own = subjects
        self._members = {name: members(subject) for name, subject in subjects.items()}
        self._tried: set[tuple[str, str, str]] = set()
        self._records: dict[tuple[str, str], CaseRecord] = {}

    def offers(self, runs: Mapping[str, Run], sent: Sequence[Sent]) -> tuple[Sent, ...]:
        """The next offers: at most one for each case that has no good place.

        Args:
            runs: of all sites as they stand.
            sent: the cases that have moved.
        """
        counts = Counter((one.home, one.to) for one in sent)
        found = []
        for home, record in sorted(self._ill_placed(runs), key=_urgency):
            offer = self._offer(home, record, counts)
            if offer is not None:
                found.append(offer)
                counts[offer.home, offer.to] += 1
                self._tried.add((offer.home, offer.case, offer.to))
                self._records[offer.home, offer.case] = record
        return tuple(found)

    def taken(self, offers: Iterable[Sent], runs: Mapping[str, Run]) -> tuple[Sent, ...]:
        """The offers that gave the case a better place than it had at home."""
        records = {name: {case.case: case for case in run.cases} for name, run in runs.items()}
        return tuple(
            offer
            for offer in offers
            if self._is_better(
                records[offer.to][offer.guest_id], self._records[offer.home, offer.case]
            )
        )

    def subject(self, name: str, sent: Iterable[Sent]) -> Subject:
        """What a site has to do when these cases have moved."""
        gone = [one.case for one in sent if one.home == name]
        guests = [self._guest(one.home, one.case) for one in sent if one.to == name]
        return with_guests(without(self._own[name], gone), guests)

    def _guest(self, home: str, case: str) -> Guest:
        return Guest(home, case, self._members[home][case])

    def _ill_placed(self, runs: Mapping[str, Run]) -> Iterator[tuple[str, CaseRecord]]:
        """Cases at their own site that have no place there, or one too late."""
        for home in sorted(runs):
            for record in runs[home].cases:
                if record.case in self._members[home] and not self._is_in_time(record):
                    yield home, record

    def _is_in_time(self, record: CaseRecord) -> bool:
        if record.outcome is not Outcome.TREATED or record.start is None:
            return record.outcome is not Outcome.WAITING
        limit = self._network.late_days
        if limit is None or record.due is None:
            return True
        return record.start - record.due <= timedelta(days=limit)

    def _is_better(self, there: CaseRecord, home: CaseRecord) -> bool:
        if there.start is None:
            return False
        return home.start is None or there.start < home.start

    def _offer(
        self, home: str, record: CaseRecord, counts: Counter[tuple[str, str]]
    ) -> Sent | None:
        guest = self._guest(home, record.case)
        for transfer in self._network.transfers:
            if (
                transfer.home == home
                and (home, record.case, transfer.to) not in self._tried
                and self._permits(transfer, record, counts[home, transfer.to])
                and can_serve(self._own[transfer.to], guest)
            ):
                return Sent(record.case, home, transfer.to, transfer.points, transfer.km)
        return None

    def _permits(self, transfer: Transfer, record: CaseRecord, gone: int) -> bool:
        most_km = self._network.most_km
        near = most_km is None or (transfer.km is not None and transfer.km <= most_km)
        few = transfer.most is None or gone < transfer.most
        return near and few and record.priority in transfer.priorities


def _urgency(ill: tuple[str, CaseRecord]) -> tuple[int, str, str, str]:
    home, record = ill
    since = (record.due or record.released).isoformat()
    return ORDER[record.priority], since, home, record.case
