"""The rows of the matrix about cases and clinical work."""

from dataclasses import replace

from scheduler.bootstrap import Container, RandomIds
from tests.contract.department import APIXABAN, NOW, at, patient, seats, with_cases
from tests.contract.matrix_row import READ, Row, may

#            s n c a y u: scheduler, nurse, clinician, administrator, system, auditor
_WRITE = may("y n n y y n")
_REPORT = may("y y y y y n")
_ASK = may("y y y y y n")
_BOOK = may("y n y y y n")
_APPROVE = may("n n y n n n")

FREE, BOOKED, HELD, KEPT = ({"case": name} for name in ("free", "booked", "held", "kept"))
NOON = at("12:00", 2)
_PLACE = {"start": NOON.isoformat(), "assigned": seats(2, NOON)}
_DOSE = {"drug": "apixaban", "last_dose": NOW.isoformat()}
_LAB = {"code": "INR", "value": 1.1, "taken_at": NOW.isoformat()}
_PATIENT = {"resourceType": "Patient", "id": "p9"}
_ASKED = {"requirement": "approval:SIR2019-high/apixaban/crcl-50-up:apixaban", "reason": "agreed"}


class _KnownToken(RandomIds):
    """Ids as ever, and a token that the rows can name."""

    def token(self) -> str:
        """Not secret at all."""
        return "token-1"


def arrange(site: Container) -> None:
    """A case with a drug that is to be held, and one with a reservation."""
    with_cases(site, "held", facts=patient("p", APIXABAN))
    with_cases(site, "kept")
    replace(site, ids=_KnownToken()).reserve("kept", NOON, seats(1, NOON))


CASES = (
    Row("POST", "/v1/intake", _WRITE, body=_PATIENT, nowhere=200),
    Row("GET", "/v1/cases", READ, nowhere=200),
    Row("GET", "/v1/cases/{case}", READ, HELD),
    Row("GET", "/v1/cases/{case}/readiness", READ, HELD),
    Row("GET", "/v1/cases/{case}/history", READ, HELD),
    Row("POST", "/v1/cases/{case}/facts", _REPORT, HELD, {"labs": [_LAB]}),
)

HOLDS = (
    Row("POST", "/v1/cases/{case}/holds/approve", _APPROVE, HELD, _ASKED),
    Row("POST", "/v1/cases/{case}/holds/started", _REPORT, HELD, _DOSE),
    Row("POST", "/v1/cases/{case}/holds/missed", _REPORT, HELD, _DOSE),
    Row("POST", "/v1/cases/{case}/holds/labs", _REPORT, HELD, _LAB),
)

PROPOSALS = (
    Row("POST", "/v1/cases/{case}/proposals", _ASK, FREE, {"top": 1}, done=201),
    Row("GET", "/v1/cases/{case}/why", _ASK, FREE),
)

_KEEP = "/v1/cases/{case}/reservation"
RESERVATIONS = (
    Row("GET", _KEEP, READ, KEPT),
    Row("POST", _KEEP, _BOOK, FREE, {"placement": _PLACE}, done=201),
    Row("POST", _KEEP + "/release", _BOOK, KEPT, {"token": "token-1"}),
)

_BOOKING = "/v1/cases/{case}/booking"
BOOKINGS = tuple(
    Row("POST", f"{_BOOKING}/{action}", _BOOK, BOOKED, seen=True)
    for action in ("undo", "lock", "unlock", "tell")
)

_GAP = "/v1/gaps/{resource}/{begin}/{end}/candidates"
_WHERE = {
    "resource": "suite-1",
    "begin": at("09:00", 3).isoformat(),
    "end": at("11:00", 3).isoformat(),
}
GAPS = (
    Row("POST", _GAP, _ASK, fixed=_WHERE, body={"top": 1}, done=201),
    Row("GET", _GAP + "/{case}", _ASK, FREE, fixed=_WHERE),
)

ROWS: tuple[Row, ...] = (*CASES, *HOLDS, *PROPOSALS, *RESERVATIONS, *BOOKINGS, *GAPS)
