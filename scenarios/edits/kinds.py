"""All kinds of edit, by the name that documents give them."""

from types import MappingProxyType
from typing import Annotated, get_args

from pydantic import Field

from scenarios.edits.assume import Assume
from scenarios.edits.base import Edit
from scenarios.edits.blocks import AddBlock, MoveBlock, RemoveBlock
from scenarios.edits.capabilities import ChangeTags
from scenarios.edits.closures import Close, LiftClosures, Open
from scenarios.edits.demand import AddReferrals, ScaleDemand, SetArrivals
from scenarios.edits.durations import ScaleDurations, SetDurations, Turnover
from scenarios.edits.history import FromHistory
from scenarios.edits.hours import ChangeHours
from scenarios.edits.night import ChangeAutoApply, Freeze
from scenarios.edits.notice import Notice
from scenarios.edits.outage import LoseResource
from scenarios.edits.policies import OverrideRow, OwnPolicy, SetPolicies
from scenarios.edits.prices import ChangePrices, ChangePriorities, MoveWeights
from scenarios.edits.reception import ChangeArrivalSlots
from scenarios.edits.resources import AddResource, CloneResource, RemoveResource
from scenarios.edits.staff import StaffLevel

_Any = (
    AddResource
    | CloneResource
    | RemoveResource
    | ChangeArrivalSlots
    | ChangeHours
    | Close
    | Open
    | LiftClosures
    | MoveBlock
    | AddBlock
    | RemoveBlock
    | StaffLevel
    | ChangeTags
    | ScaleDemand
    | AddReferrals
    | SetArrivals
    | SetPolicies
    | OverrideRow
    | OwnPolicy
    | Notice
    | ScaleDurations
    | SetDurations
    | FromHistory
    | Turnover
    | ChangePrices
    | ChangePriorities
    | MoveWeights
    | Freeze
    | ChangeAutoApply
    | Assume
    | LoseResource
)
AnyEdit = Annotated[_Any, Field(discriminator="kind")]
"""One edit of any kind, told apart by `kind`."""
KINDS: MappingProxyType[str, type[Edit]] = MappingProxyType(
    {edit.model_fields["kind"].default: edit for edit in get_args(_Any)}
)
"""Edits by kind, in the order in which documents list them."""
