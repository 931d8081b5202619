"""Hold policies: read, compared, tried on what is booked, and signed by clinicians."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page
from api.problems import declared
from api.schemas.policies import (
    EXAMPLE,
    ChangeIn,
    PolicyBrief,
    PolicyDiffOut,
    PolicyOut,
    SignIn,
    TrialOut,
)
from api.security.permissions import Permission
from models.clinical.policy import diff_policies
from models.errors import NotFoundError
from scheduler.services import policies
from scheduler.services.desk import Desk

router = APIRouter(prefix="/policies", tags=["policies"])

Reader = Annotated[Caller, needs(Permission.READ_SITE)]
CaseReader = Annotated[Caller, needs(Permission.READ_CASES)]
Signer = Annotated[Caller, needs(Permission.SIGN_POLICIES)]
Name = Annotated[str, Path(max_length=200, examples=[EXAMPLE])]
Other = Annotated[str, Path(max_length=200, examples=["clinic-page"])]


@router.get(
    "",
    response_model=Page[PolicyBrief],
    responses=declared(404),
    summary="List hold policies",
)
def list_policies(caller: Reader, limit: Limit = 50, after: After = None) -> Page[PolicyBrief]:
    """Those in force in their order of precedence, then the others that are known.

    Each with version, sources, evidence and signatures; an unsigned one says so.
    """
    found = caller.site.read(policies.policies)
    names = [standing.policy.name for standing in found]
    if after is not None and after not in names:
        raise NotFoundError(
            f"there is no policy {after}", place="query.after", remedy="leave it out"
        )
    rest = found[names.index(after) + 1 :] if after is not None else found
    more = rest[limit - 1].policy.name if len(rest) > limit else None
    return Page(items=tuple(map(PolicyBrief.of, rest[:limit])), next=more)


@router.post(
    "/diff/touched",
    response_model=TrialOut,
    responses=declared(),
    summary="Ask which bookings a change of policies would touch",
)
def try_policies(asked: ChangeIn, caller: CaseReader) -> TrialOut:
    """Assess every booked case under other policies, at its booked start, and keep nothing.

    A booking is touched when its status, what is against its start, what it waits for, or what is
    planned for a drug would be another. The change itself is made with the site's document.
    """
    return TrialOut.of(
        caller.site.read(lambda desk: policies.touched_by(desk, asked.policies, asked.overrides))
    )


@router.get(
    "/{name}", response_model=PolicyOut, responses=declared(404), summary="Show a hold policy"
)
def show_policy(name: Name, caller: Reader) -> PolicyOut:
    """A policy with every row, its source and evidence, and what should be looked at.

    As it is worded now: of earlier wordings only the version and digest that were signed are kept.
    """
    return PolicyOut.of(caller.site.read(lambda desk: policies.policy(desk, name)))


@router.get(
    "/{first}/diff/{second}",
    response_model=PolicyDiffOut,
    responses=declared(404),
    summary="Compare two hold policies",
)
def compare_policies(first: Name, second: Other, caller: Reader) -> PolicyDiffOut:
    """Every figure in which two policies differ, those in force with the site's decisions.

    Both as they are worded now; an earlier wording of one cannot be compared, for none is kept.
    """

    def compared(desk: Desk) -> PolicyDiffOut:
        one, other = (policies.policy(desk, name).policy for name in (first, second))
        return PolicyDiffOut(first=first, second=second, differences=diff_policies(one, other))

    return caller.site.read(compared)


@router.post(
    "/{name}/sign-off",
    response_model=PolicyBrief,
    status_code=201,
    responses=declared(400, 404, 409),
    summary="Sign a hold policy",
)
def sign_policy(name: Name, asked: SignIn, caller: Signer, once: OnceOnly) -> Response:
    """Sign a policy by name, exactly as you have read it; 409 when it is worded otherwise now."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(
            lambda desk: policies.sign(
                desk, name, version=asked.version, digest=asked.digest, comment=asked.comment
            )
        ),
        PolicyBrief.of,
        status=201,
    )
