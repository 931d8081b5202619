"""What clinicians decide about requirements."""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import Frozen

Words = Annotated[str, StringConstraints(min_length=3, max_length=2000)]
MOST_HOURS = 2400.0
"""A hundred days: a longer hold is a slip of the pen."""


class ApproveIn(Frozen):
    """A decision on one open requirement."""

    requirement: Annotated[str, StringConstraints(min_length=1, max_length=400)] = Field(
        description="Its `key` in the readiness, or its rule where that names one only.",
        examples=["approval:hold/apixaban:apixaban"],
    )
    reason: Words = Field(examples=["agreed with the cardiologist by telephone"])
    accepted: bool = Field(
        default=True, description="False keeps the requirement open and shows the refusal."
    )
    hold_hours: float | None = Field(
        default=None,
        ge=0,
        le=MOST_HOURS,
        allow_inf_nan=False,
        description="Hours off the drug, where the rules give no figure.",
        examples=[72],
    )
