import pytest

from models.catalogue import Catalogue, parse_catalogue, shipped_catalogue
from models.errors import InputError, NotFoundError
from models.procedures import BleedingRisk

CPT = "http://www.ama-assn.org/go/cpt"
HEAD = """
version = "1"
class_source = "a page"
class_evidence = "K"
planning_source = "planned"
[systems]
cpt = ["cpt"]
snomed = ["sct"]
[[team.room]]
role = "suite"
kind = "suite"
phases = ["procedure", "turnover"]
"""
ENTRY = """
[[procedure]]
key = "port"
label = "Port"
cpt = ["1"]
region = "vascular"
bleeding_risk = "low"
fluoroscopy = true
preparation_minutes = 10
procedure_minutes = 30
turnover_minutes = 10
recovery_minutes = 20
team = ["room"]
"""


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return shipped_catalogue()


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("22510", "vertebroplasty-cervicothoracic"),
        ("22511", "vertebroplasty-lumbosacral"),
        ("22513", "kyphoplasty-thoracic"),
        ("22514", "kyphoplasty-lumbar"),
        ("64493", "facet-injection-lumbar"),
        ("62323", "epidural-injection-lumbar"),
        ("37242", "embolization-arterial"),
        ("37243", "embolization-organ"),
        ("36224", "carotid-angiography"),
        ("36561", "port-placement"),
        ("36901", "dialysis-circuit-angiography"),
    ],
)
def test_codes_of_real_referrals_are_found(shipped: Catalogue, code: str, key: str) -> None:
    found = shipped.find(code, CPT)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("system", [CPT, f"{CPT}/", " CPT ", "urn:oid:2.16.840.1.113883.6.12"])
def test_a_code_system_has_several_names(shipped: Catalogue, system: str) -> None:
    assert shipped.find(" 36561 ", system) == shipped.get("port-placement")


def test_a_code_is_found_in_its_own_system_only(shipped: Catalogue) -> None:
    assert shipped.find("91602002", "http://snomed.info/sct") == shipped.get("thoracentesis")
    assert shipped.find("91602002", CPT) is None
    assert shipped.find("36561", "http://snomed.info/sct") is None
    assert shipped.find("36561", "http://example.org/codes") is None


@pytest.mark.parametrize("code", ["22512", "22515"])
def test_an_add_on_names_no_procedure_by_itself(shipped: Catalogue, code: str) -> None:
    assert shipped.find(code, CPT) is None
    assert shipped.is_add_on(code, CPT)
    assert not shipped.is_add_on("22511", CPT)


def test_an_unknown_key_is_an_error(shipped: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="there is no procedure 'x'"):
        shipped.get("x")


def test_vertebral_procedures_are_high_risk_under_radiation(shipped: Catalogue) -> None:
    spine = [p for p in shipped.procedures if p.vertebral]
    assert len(spine) == 4
    for procedure in spine:
        assert procedure.bleeding_risk is BleedingRisk.HIGH
        assert procedure.fluoroscopy
        assert procedure.region == "spine"


def test_every_procedure_needs_a_room_a_person_and_a_recovery_bay(shipped: Catalogue) -> None:
    rooms = {"suite", "ct", "procedure-room"}
    for procedure in shipped.procedures:
        kinds = {need.kind for need in procedure.needs if need.when is None}
        assert rooms & kinds, procedure.key
        assert {"proceduralist", "bay"} <= kinds, procedure.key


def test_outpatients_are_received(shipped: Catalogue) -> None:
    for procedure in shipped.procedures:
        when = {need.role: need.when for need in procedure.needs}
        assert when["arrival"] == "outpatient", procedure.key


def test_planning_values_are_never_called_published(shipped: Catalogue) -> None:
    for procedure in shipped.procedures:
        minutes = procedure.procedure_minutes
        assert procedure.evidence in {"P", "S", "K"}
        assert minutes.evidence in {"P", "K-low", "planning"}
        assert (minutes.evidence == "planning") == minutes.source.startswith("planning value")


def test_the_published_length_of_a_vertebroplasty(shipped: Catalogue) -> None:
    minutes = shipped.get("vertebroplasty-lumbosacral").procedure_minutes
    # about 60 minutes quoted to patients; both pedicles 16.7 minutes more, rounded up
    assert (minutes.base, minutes.bilateral, minutes.evidence) == (60, 17, "P")
    assert minutes.evidence_of["per_extra_level"] == "K-low"
    assert minutes.evidence_of["thoracic"] == "planning"


def test_a_plain_number_is_a_planning_value() -> None:
    minutes = parse_catalogue(HEAD + ENTRY, place="x").get("port").procedure_minutes
    assert (minutes.base, minutes.source, minutes.evidence) == (30, "planned", "planning")


def test_a_source_of_its_own_stands() -> None:
    own = ENTRY + 'source = "a paper"\nevidence = "P"\n'
    found = parse_catalogue(HEAD + own, place="x").get("port")
    assert (found.source, found.evidence) == ("a paper", "P")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version =", "not TOML"),
        (HEAD, "procedure: is missing"),
        (HEAD + ENTRY.replace("room", "tent"), "port: there is no team 'tent'"),
        (HEAD + ENTRY + ENTRY, "port stands in the catalogue twice"),
        (HEAD + ENTRY + ENTRY.replace('"port"', '"two"'), "CPT 1 stands in the catalogue twice"),
        (HEAD + ENTRY.replace('"low"', '"mild"'), "bleeding_risk"),
        (HEAD + ENTRY.replace("= 30", "= 0"), "procedure_minutes"),
        (HEAD + ENTRY + "colour = 1\n", "colour: there is no such member"),
    ],
)
def test_a_faulty_catalogue_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_catalogue(text, place="own.toml")
