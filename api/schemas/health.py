"""How the service is, as monitors read it."""

from typing import Literal, Self

from pydantic import Field

from models.base import Frozen
from scheduler.services.operation import Health, SignOfLife


class UpOut(Frozen):
    """Whether the service answers and reaches its stores."""

    status: Literal["up", "down"] = Field(examples=["up"])


class LifeOut(Frozen):
    """When a kind of process was last heard of."""

    kind: str = Field(examples=["worker"])
    age_seconds: int | None = Field(description="None: never.", examples=[12])
    late: bool = Field(description="Whether the silence is worth a look.")

    @classmethod
    def of(cls, life: SignOfLife) -> Self:
        """One kind of process."""
        return cls(kind=life.kind, age_seconds=life.age_seconds, late=life.late)


class DeepOut(Frozen):
    """What was found by looking closely."""

    status: Literal["whole", "look"] = Field(
        description="`look` when a person should.", examples=["whole"]
    )
    version: str = Field(description="Of the program.", examples=["0.1.0"])
    schema_version: str = Field(description="Of the store, as the program needs it.")
    faults: tuple[str, ...] = Field(
        description="What does not fit together: claims against bookings, the audit's chain.",
        examples=[[]],
    )
    processes: tuple[LifeOut, ...]

    @classmethod
    def of(cls, health: Health, *, version: str, schema: str) -> Self:
        """What was found."""
        return cls(
            status="whole" if health.whole else "look",
            version=version,
            schema_version=schema,
            faults=health.faults,
            processes=tuple(map(LifeOut.of, health.lives)),
        )
