"""The procedures that a department offers: shipped data, found by code or key."""

import tomllib
from collections import Counter
from functools import cached_property
from importlib.resources import files
from typing import Any, Self

from pydantic import Field, PositiveInt, ValidationError, model_validator

from models.base import Frozen, Id
from models.documents import first_fault
from models.errors import InputError, NotFoundError
from models.procedures import Minutes, PhaseNeed, ProcedureType


class Catalogue(Frozen):
    """Procedures with the code systems they are found by."""

    version: str
    systems: dict[str, tuple[str, ...]]
    """Names by which messages call `cpt` and `snomed`, in lower case."""
    procedures: tuple[ProcedureType, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [p.key for p in self.procedures]
        names += [f"CPT {code}" for p in self.procedures for code in p.cpt]
        names += [f"SNOMED CT {code}" for p in self.procedures for code in p.snomed]
        twice = [name for name, n in Counter(names).items() if n > 1]
        if twice:
            msg = f"{twice[0]} stands in the catalogue twice"
            raise ValueError(msg)
        return self

    @cached_property
    def by_key(self) -> dict[str, ProcedureType]:
        """Procedures by key."""
        return {p.key: p for p in self.procedures}

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], ProcedureType]:
        named = {("cpt", code): p for p in self.procedures for code in p.cpt}
        return named | {("snomed", code): p for p in self.procedures for code in p.snomed}

    def _system(self, system: str) -> str | None:
        name = system.strip().lower().rstrip("/")
        return next((key for key, names in self.systems.items() if name in names), None)

    def find(self, code: str, system: str) -> ProcedureType | None:
        """The procedure of a code, or None; an add-on code alone names no procedure."""
        known = self._system(system)
        return self._by_code.get((known, code.strip())) if known else None

    def is_add_on(self, code: str, system: str) -> bool:
        """Whether a code stands for further levels only."""
        return self._system(system) == "cpt" and any(
            code.strip() in p.add_on_cpt for p in self.procedures
        )

    def get(self, key: str) -> ProcedureType:
        """The procedure of a key.

        Raises:
            NotFoundError: the catalogue has no such key.
        """
        found = self.by_key.get(key)
        if found is None:
            raise NotFoundError(
                f"there is no procedure {key!r}", remedy="take a key of the procedure catalogue"
            )
        return found


class _Entry(ProcedureType):
    """A procedure as the data file writes it: teams by name, and what the file's head gives."""

    team: tuple[Id, ...] = ()
    needs: tuple[PhaseNeed, ...] = ()
    procedure_minutes: Minutes | PositiveInt  # type: ignore[assignment]  # the file's short form
    source: str = ""
    evidence: str = ""


class _File(Frozen):
    version: str
    class_source: str
    class_evidence: str
    planning_source: str
    systems: dict[str, tuple[str, ...]]
    team: dict[str, tuple[PhaseNeed, ...]]
    procedure: tuple[_Entry, ...] = Field(min_length=1)


def _completed(entry: _Entry, file: _File, place: str) -> ProcedureType:
    unknown = sorted(set(entry.team) - set(file.team))
    if unknown:
        msg = f"there is no team {unknown[0]!r}"
        raise InputError(msg, place=f"{place}: {entry.key}", remedy="name a team of the same file")
    members = {name: getattr(entry, name) for name in ProcedureType.model_fields}
    members["needs"] = tuple(need for name in entry.team for need in file.team[name]) + entry.needs
    if isinstance(entry.procedure_minutes, int):
        members["procedure_minutes"] = Minutes(
            base=entry.procedure_minutes, source=file.planning_source, evidence="planning"
        )
    if not entry.source:
        members |= {"source": file.class_source, "evidence": file.class_evidence}
    return ProcedureType(**members)


def parse_catalogue(text: str, *, place: str) -> Catalogue:
    """The catalogue of a TOML file.

    Raises:
        InputError: no TOML, a member that is wrong, or a code given twice.
    """
    raw: dict[str, Any] = {}
    try:
        raw = tomllib.loads(text)
        read = _File.model_validate(raw)
        joined = tuple(_completed(entry, read, place) for entry in read.procedure)
        return Catalogue(version=read.version, systems=read.systems, procedures=joined)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", place=place) from error
    except ValidationError as error:
        fault = first_fault(error, raw)
        raise InputError(fault, place=place, remedy="correct the catalogue") from error


def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with Holdfast."""
    data = files("models") / "data" / "catalogue.toml"
    return parse_catalogue(data.read_text(encoding="utf-8"), place="catalogue.toml")
