"""What a site lets happen by itself: who is alerted when, what is let go, what is forgotten."""

from typing import Annotated, Self

from pydantic import Field, PositiveInt, model_validator

from models.base import MAX_DAYS, Frozen

AfterDeadline = Annotated[float, Field(ge=-24 * MAX_DAYS, le=24 * MAX_DAYS)]
"""Hours after a deadline; negative: before it."""


class Stages(Frozen):
    """What is done about something that a booking waits for, in hours after its deadline."""

    alert_hours: AfterDeadline | None = 0
    """When somebody is alerted; null: never."""
    escalate_hours: AfterDeadline | None = None
    """When the alert is escalated; null: never."""
    release_hours: AfterDeadline | None = None
    """When the booking is given up, with notice; null: never by itself."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        given = (self.alert_hours, self.escalate_hours, self.release_hours)
        hours = [hour for hour in given if hour is not None]
        if hours != sorted(hours):
            msg = "alert, escalation and release must follow each other"
            raise ValueError(msg)
        if hours and self.alert_hours is None:
            msg = "nothing is escalated or released without an alert"
            raise ValueError(msg)
        return self


class DeadlineRules(Frozen):
    """What is done about bookings whose preparation is late."""

    approval: Stages = Stages()
    """Nobody has agreed yet; the deadline is the site's notice before the last dose."""
    hold: Stages = Stages()
    """Nobody has confirmed that a hold began; the deadline is the first dose left out."""
    lab: Stages = Stages()
    """A result is missing; the deadline is the site's notice before the start."""


class Retention(Frozen):
    """How long is kept what has had its use. The audit is kept for ever."""

    answers_hours: Annotated[int, Field(ge=24, le=24 * MAX_DAYS)] = 48
    """Answers to requests that may be sent again."""
    messages_days: PositiveInt = 30
    """Messages to the outside, arrived or not, and alerts that have ended."""
    patient_days: PositiveInt | None = None
    """Facts of patients after their last case has ended; null: they are kept."""
