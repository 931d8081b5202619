"""Files, bundles and references; what is broken is reported and makes nobody safer."""

import gzip
import json
from pathlib import Path

import pytest

from models.errors import InputError
from scheduler.intake.documents import read_documents
from scheduler.intake.faults import IntakeFault, Journal
from scheduler.intake.intake import Intake, read_bundles, read_referrals, take_bundles
from tests.unit.scheduler.intake.resources import (
    NOW,
    TIMEZONE,
    Json,
    bundle,
    facts,
    order,
    patient,
    read,
    reasons,
    request,
    result,
)


def intake(*paths: Path) -> Intake:
    return read_bundles(paths, now=NOW, timezone=TIMEZONE)


def lines(*documents: Json) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


TWO = [bundle(patient()), bundle(patient(id="p2"))]


@pytest.mark.parametrize("name", ["patients.ndjson", "patients.jsonl", "patients.json", "patients"])
def test_one_bundle_a_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(lines(*TWO))
    assert [p.id for p in intake(file).patients] == ["p1", "p2"]


def test_one_json_value_in_a_file(tmp_path: Path) -> None:
    single, several = tmp_path / "a.json", tmp_path / "b.json"
    single.write_text(json.dumps(TWO[0], indent=2))
    several.write_text(json.dumps([TWO[1]]))
    assert [p.id for p in intake(single, several).patients] == ["p1", "p2"]


def test_a_line_ends_at_a_line_feed_and_at_no_other_sign(tmp_path: Path) -> None:
    # JSON texts may hold a line separator (U+2028) or a next line (U+0085) as they are.
    file = tmp_path / "patients.ndjson"
    named = bundle(patient(name=[{"text": "Ana\u2028Lima\u0085"}]))
    file.write_text(json.dumps(named, ensure_ascii=False) + "\r\n", encoding="utf-8")
    found = intake(file)
    assert ([p.id for p in found.patients], found.faults) == (["p1"], ())


def test_a_line_that_is_not_utf_8_is_a_fault_and_the_others_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "patients.ndjson"
    latin = json.dumps(bundle(patient(name=[{"text": "Müller"}])), ensure_ascii=False)
    file.write_bytes(latin.encode("latin-1") + b"\n" + lines(TWO[1]).encode())
    found = intake(file)
    assert [p.id for p in found.patients] == ["p2"]
    (fault,) = found.faults
    assert fault.line == 1
    assert fault.reason.startswith("not UTF-8: ")


def test_a_folder_with_compressed_files(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.ndjson.gz").write_bytes(gzip.compress(lines(TWO[1]).encode()))
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps(TWO[0]).encode()))
    (tmp_path / "readme.txt").write_text("not FHIR")
    assert [p.id for p in intake(tmp_path).patients] == ["p1", "p2"]


def test_single_resources_by_type(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_text(lines(patient(), patient(id="p2")))
    (tmp_path / "MedicationRequest.ndjson").write_text(lines(order()))
    found = intake(tmp_path)
    assert [len(p.exposures) for p in found.patients] == [1, 0]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("\ufeff" + json.dumps(TWO[0]), encoding="utf-8")
    assert intake(file).faults == ()


@pytest.mark.parametrize("name", ["missing.ndjson", "empty"])
def test_what_is_not_there_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name):
        intake(tmp_path / name)


def test_a_file_that_is_not_gzip_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson.gz"
    file.write_text("plain")
    with pytest.raises(InputError, match="not a gzip file"):
        intake(file)


def test_a_bad_file_in_a_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson.gz").write_text("plain")
    (tmp_path / "b.ndjson").write_text(lines(*TWO))
    found = intake(tmp_path)
    assert len(found.patients) == 2
    assert "not a gzip file" in found.faults[0].reason


def test_an_unknown_zone_is_one_clear_error() -> None:
    with pytest.raises(InputError, match="is not a time zone"):
        take_bundles(TWO, now=NOW, timezone="Mars/Olympus")


def test_a_broken_line_is_reported_by_file_and_line_and_the_rest_kept(tmp_path: Path) -> None:
    file = tmp_path / "patients.ndjson"
    file.write_text(lines(TWO[0]) + '{"resourceType": "Bundle", "entry": [\n\n' + lines(TWO[1]))
    found = intake(file)
    assert [p.id for p in found.patients] == ["p1", "p2"]
    (fault,) = found.faults
    assert (fault.file, fault.line) == (str(file), 2)
    assert fault.reason.startswith("not JSON: ")
    assert str(fault).startswith(f"{file}, line 2: not JSON")
    assert all(p.unreadable == () for p in found.patients)  # it was a whole bundle


@pytest.mark.parametrize("text", ["[1, 2]", "null", '"a"', "NaN", '{"a": NaN}', "{'a': 1}"])
def test_what_is_no_json_object_is_a_fault(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text(text + "\n" + lines(TWO[0]))
    found = intake(file)
    assert len(found.patients) == 1
    assert {fault.line for fault in found.faults} == {1}


def test_a_broken_pretty_document_is_one_fault(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(TWO[0], indent=2)[:-20])
    journal = Journal()
    assert read_documents(file, journal)[0] == []
    assert len(journal.faults) == 1


def test_a_broken_line_that_names_a_patient_marks_that_patient(tmp_path: Path) -> None:
    cut = json.dumps(order("Warfarin 5 MG"))[:-10]
    (tmp_path / "Patient.ndjson").write_text(lines(patient(), patient(id="other")))
    (tmp_path / "MedicationRequest.ndjson").write_text(cut + "\n" + lines(order()))
    first, second = intake(tmp_path).patients
    assert (first.id, first.unreadable) == ("other", ())
    assert "line 1 is not JSON" in second.unreadable[0]
    assert [(e.drug.split(":")[0], e.known) for e in second.exposures] == [
        ("apixaban", True),
        ("unreadable medication", False),
    ]


def test_a_broken_line_that_names_nobody_marks_everybody(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_text(lines(patient(), patient(id="other")))
    (tmp_path / "Condition.ndjson").write_text('{"resourceType": "Condi\n' + lines(order()))
    assert all(len(p.unreadable) == 1 for p in intake(tmp_path).patients)


def test_an_entry_without_a_resource_is_a_fault() -> None:
    broken = {**bundle(patient()), "entry": [{"resource": patient()}, {"resource": 5}, "x"]}
    found = take_bundles([broken], now=NOW, timezone=TIMEZONE)
    assert len(found.patients) == 1
    assert reasons(found) == ["entry 2 holds no resource", "entry 3 holds no resource"]
    assert found.patients[0].unreadable == ("an entry is no FHIR resource",)


@pytest.mark.parametrize("kind", [None, "Medicationrequest", "Order", "os"])
def test_a_resource_of_no_known_type_is_a_fault_and_an_unknown_drug(kind: str | None) -> None:
    odd = {**order("Warfarin 5 MG"), "resourceType": kind}
    found = read(patient(), odd)
    assert "resource" in reasons(found)[0]
    assert [e.known for e in found.patients[0].exposures] == [False]
    assert "is no FHIR resource" in found.patients[0].unreadable[0]


def test_other_types_are_left_alone() -> None:
    assert read(patient(), {"resourceType": "Encounter", "nonsense": 1}).faults == ()


def test_without_a_patient_the_intake_says_so() -> None:
    found = take_bundles([bundle()], now=NOW, timezone=TIMEZONE)
    assert [str(fault) for fault in found.faults] == [
        "bundles: Patient: no Patient was found in what was sent"
    ]
    orphan = take_bundles([bundle(order())], now=NOW, timezone=TIMEZONE)
    assert reasons(orphan) == ["patient p1 is not in the files: not used"]


def test_an_empty_file_is_named_by_its_fault(tmp_path: Path) -> None:
    file = tmp_path / "patients.ndjson"
    file.write_text("\n")
    (fault,) = intake(file).faults
    assert fault.file == str(file)


def _entry(resource: Json, url: str) -> Json:
    return {"fullUrl": url, "resource": resource}


def test_urn_references_hold_within_their_bundle() -> None:
    # Both bundles call their patient urn:uuid:1; the orders must not change places.
    bundles = []
    for name, drug in (("a", "warfarin"), ("b", "apixaban")):
        ordered = {**order(drug), "subject": {"reference": "urn:uuid:1"}}
        entries = [_entry(patient(id=name), "urn:uuid:1"), _entry(ordered, "urn:uuid:2")]
        bundles.append({"resourceType": "Bundle", "type": "collection", "entry": entries})
    found = take_bundles(bundles, now=NOW, timezone=TIMEZONE)
    drugs = {p.id: [e.drug for e in p.exposures] for p in found.patients}
    assert drugs == {"a": ["warfarin"], "b": ["apixaban"]}


def test_a_patient_without_an_id_takes_it_from_the_full_url() -> None:
    nameless = patient()
    del nameless["id"]
    entries = [
        _entry(nameless, "urn:uuid:77"),
        _entry({**order(), "subject": {"reference": "urn:uuid:77"}}, ""),
    ]
    found = take_bundles(
        [{"resourceType": "Bundle", "type": "collection", "entry": entries}],
        now=NOW,
        timezone=TIMEZONE,
    )
    assert [(p.id, len(p.exposures)) for p in found.patients] == [("77", 1)]


def test_an_order_without_a_subject_belongs_to_the_only_patient_of_its_bundle() -> None:
    # Without a subject it is no valid order either: an unknown drug of that patient.
    nobody = {k: v for k, v in order().items() if k != "subject"}
    (found,) = facts(nobody).exposures
    assert not found.known


def test_patients_are_found_by_any_reference() -> None:
    found = read(patient())
    for reference in ("p1", "Patient/p1", "urn:uuid:p1", "https://x.example/Patient/p1/_history/2"):
        assert found.patient(reference) == found.patients[0]
    assert found.patient("p2") is None


def test_progress_counts_up_to_the_number_of_patients(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text(lines(*TWO))
    told: list[tuple[int, int]] = []
    read_bundles(file, now=NOW, timezone=TIMEZONE, progress=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]


def test_the_order_of_resources_does_not_matter() -> None:
    resources = [order("warfarin"), order("apixaban", id="r2"), result("6301-6", 1.2, id="r3")]
    assert facts(*resources) == facts(*reversed(resources))


def test_referrals_from_a_file_with_a_broken_line(tmp_path: Path) -> None:
    file = tmp_path / "referrals.ndjson"
    file.write_text(lines(request()) + "{\n" + lines(request(id="ref-2")))
    given = read_referrals(file, timezone=TIMEZONE)
    assert [r.id for r in given.referrals] == ["ref-1", "ref-2"]
    assert [fault.line for fault in given.faults] == [2]


def test_a_fault_is_a_sentence() -> None:
    fault = IntakeFault("a.json", None, "Condition", "c1", "no code")
    assert str(fault) == "a.json: Condition/c1: no code"
