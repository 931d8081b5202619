"""Whether a resource is what FHIR R4 says, by the `fhir.resources` models of R4B.

Only the types the intake reads are checked, and their models are loaded when first needed. The
models check structure and data types; codes and rules across members are checked where they are
read.
"""

from functools import lru_cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from models.documents import first_fault
from scheduler.intake.jsontree import Json
from scheduler.intake.tables import resource_types

READ_TYPES = frozenset(
    {
        "Patient",
        "Condition",
        "MedicationRequest",
        "MedicationStatement",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "AllergyIntolerance",
        "Observation",
        "Procedure",
        "Appointment",
        "ServiceRequest",
    }
)


def is_fhir_type(resource_type: str) -> bool:
    """Whether FHIR R4 or R4B has a resource type of that name."""
    return resource_type in resource_types()


@lru_cache(maxsize=len(READ_TYPES))
def _model(resource_type: str) -> type[BaseModel]:
    module: Any = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    model: type[BaseModel] = getattr(module, resource_type)
    return model


def fault_of(resource: Json) -> str:
    """The first thing wrong with a resource of a type that is read; empty when it is sound."""
    try:
        _model(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return first_fault(error, resource)
    except (ValueError, TypeError, RecursionError) as error:
        return str(error)
    return ""


def faulty_members(resource: Json) -> frozenset[str]:
    """The top-level members a model refuses, empty when it is sound."""
    try:
        _model(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return frozenset(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
    return frozenset()
