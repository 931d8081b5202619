"""The rows of the matrix about cases and clinical work."""

from scheduler.bootstrap import Container
from tests.contract.department import APIXABAN, NOW, patient, with_cases
from tests.contract.matrix_row import READ, Row, may

#            s n c a y u: scheduler, nurse, clinician, administrator, system, auditor
_WRITE = may("y n n y y n")
_REPORT = may("y y y y y n")
_APPROVE = may("n n y n n n")

HELD = {"case": "held"}
_DOSE = {"drug": "apixaban", "last_dose": NOW.isoformat()}
_LAB = {"code": "INR", "value": 1.1, "taken_at": NOW.isoformat()}
_PATIENT = {"resourceType": "Patient", "id": "p9"}
_ASKED = {"requirement": "approval:SIR2019-high/apixaban/crcl-50-up:apixaban", "reason": "agreed"}


def arrange(site: Container) -> None:
    """A case with a drug that is to be held."""
    with_cases(site, "held", facts=patient("p", APIXABAN))


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

ROWS: tuple[Row, ...] = (*CASES, *HOLDS)
