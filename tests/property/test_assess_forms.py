"""The interval and the pointwise form of the clinical rules agree at every tick of the horizon."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.clinical.assess import assess
from models.clinical.facts import ClinicSetting, Decision, Facts
from models.clinical.permitted import judge, permitted
from models.clinical.policy import PolicyBook, RowOverride, shipped_policy_names
from models.patients import (
    Commitment,
    Exposure,
    ExposureStatus,
    Finding,
    Implant,
    Lab,
    LabCode,
    PatientFacts,
    Pregnancy,
    Sex,
)
from tests.unit.models.clinical.builders import procedure, spine_referral, vertebroplasty

ZONES = ("America/Chicago", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
# Four weeks from these days hold a change of the clocks in one of the zones.
DAYS = (date(2026, 3, 1), date(2026, 3, 20), date(2026, 10, 10), date(2026, 7, 1))
RULES = "clinical-rules"
SITE = {"approver": "Dr Vega", "reason": "local agreement", "decided_on": date(2026, 1, 5)}

nows = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes),
    st.sampled_from(DAYS),
    st.integers(0, 3 * 24 * 60),
)
near = st.integers(-40 * 24 * 4, 30 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 5, 30)))
drugs = st.sampled_from(
    (
        ("apixaban", "1364430"),
        ("rivaroxaban", "1114195"),
        ("dabigatran etexilate", "1037042"),
        ("edoxaban", "1599538"),
        ("enoxaparin", "67108"),
        ("fondaparinux", "321208"),
        ("heparin", "5224"),
        ("warfarin", "11289"),
        ("aspirin", "1191"),
        ("clopidogrel", "32968"),
        ("cilostazol", "21107"),
        ("dipyridamole", "3521"),
        ("metformin", "6809"),
        ("semaglutide", "1991302"),
        ("sertraline", "36437"),
    )
)
listing = st.lists(st.sampled_from(shipped_policy_names()), min_size=1, max_size=4, unique=True)


@st.composite
def exposures(draw: st.DrawFn, now: datetime) -> Exposure:
    drug, rxcui = draw(drugs)
    last = draw(st.none() | near)
    return Exposure(
        drug=drug,
        known=draw(st.sampled_from((True,) * 19 + (False,))),
        rxcui=rxcui,
        status=draw(st.sampled_from(tuple(ExposureStatus))),
        dose_times=tuple(draw(st.lists(clocks, max_size=3, unique=True))),
        interval_hours=draw(st.none() | st.sampled_from((12, 24, 168))),
        as_needed=draw(st.sampled_from((False, False, False, True))),
        route=draw(st.sampled_from((None, "oral", "SC", "intravenous"))),
        dose_mg=draw(st.sampled_from((None, 2.5, 5, 75))),
        intent=draw(st.sampled_from((None, "prophylactic", "therapeutic", "primary", "secondary"))),
        last_dose=None if last is None else now + last,
    )


@st.composite
def patients(draw: st.DrawFn, now: datetime) -> PatientFacts:
    labs = [
        Lab(code=code, value=draw(values), taken_at=now - abs(draw(near)))
        for code, values in (
            (LabCode.CREATININE, st.floats(0.5, 4)),
            (LabCode.EGFR, st.floats(5, 90)),
            (LabCode.INR, st.floats(0.8, 3)),
        )
        if draw(st.booleans())
    ]
    commitments = [
        Commitment(kind=kind, start=now + at, end=now + at + timedelta(minutes=length))
        for kind, at, length in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(("dialysis", "radiotherapy", "contrast", "busy")),
                    near,
                    st.integers(1, 600),
                ),
                max_size=3,
            )
        )
    ]
    away = draw(st.lists(st.tuples(near, st.integers(1, 3000)), max_size=1))
    stents = st.builds(
        Implant,
        kind=st.sampled_from(("bare-metal stent", "drug-eluting stent", "valve", "iliac stent")),
        placed_on=st.integers(-220, 0).map(lambda days: now.date() + timedelta(days=days)),
    )
    return PatientFacts(
        id="p",
        birth_date=draw(st.none() | st.dates(date(1930, 1, 1), date(2010, 12, 31))),
        sex=draw(st.sampled_from((Sex.MALE, Sex.MALE, Sex.FEMALE, Sex.UNKNOWN))),
        weight_kg=draw(st.none() | st.floats(40, 140)),
        exposures=tuple(draw(st.lists(exposures(now), max_size=3))),
        labs=tuple(labs),
        pregnancy=draw(st.sampled_from((Pregnancy.NOT_APPLICABLE,) * 4 + tuple(Pregnancy))),
        allergies=draw(
            st.sampled_from(((), (), (Finding(code="Z91.041", system="icd10", text="contrast"),)))
        ),
        implants=tuple(draw(st.lists(stents, max_size=1))),
        commitments=tuple(commitments),
        unavailable=tuple((now + at, now + at + timedelta(minutes=length)) for at, length in away),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Facts, PolicyBook, datetime]:
    now = draw(nows)
    flags = draw(st.sampled_from((frozenset(), frozenset({"contrast", "ct-guidance"}))))
    facts = Facts(
        patient=draw(patients(now)),
        referral=spine_referral(flags=flags),
        procedure=draw(st.sampled_from((procedure(), vertebroplasty()))),
        setting=ClinicSetting(
            timezone=draw(st.sampled_from(ZONES)),
            notice_hours=draw(st.sampled_from((0, 24, 36.5))),
            approval_lead_hours=draw(st.sampled_from((0, 12))),
            tick_minutes=60,
        ),
        decisions=draw(st.sampled_from(((), decisions(now)))),
    )
    names = draw(listing)
    return facts, PolicyBook.of(names, draw(st.sampled_from(((), overrides(names))))), now


def decisions(now: datetime) -> tuple[Decision, ...]:
    who = {"by": "Dr Vega", "at": now, "reason": "agreed by telephone", "accepted": True}
    return (
        Decision(
            rule=f"{RULES}/drug/unlisted",
            kind="ask-clinician",
            drug="sertraline",
            hold_hours=30,
            **who,
        ),
        Decision(rule=f"{RULES}/premedication/contrast-allergy", kind="premedication", **who),
        Decision(
            rule="SIR2019-high/rivaroxaban/2.5mg",
            kind="ask-clinician",
            drug="rivaroxaban",
            hold_hours=0,
            **who,
        ),
    )


def overrides(names: list[str]) -> tuple[RowOverride, ...]:
    """A hard cap, a shorter end and two distances, as a site might set them."""
    rows = [
        RowOverride(policy=RULES, drug="spacing/radiotherapy", row={"hours": 100.5}, **SITE),
        RowOverride(policy=RULES, drug="spacing/contrast", row={"hours": 48}, **SITE),
    ]
    if "SIR2019-high" in names:
        cap = {"max_off_hours": 200, "max_off_hard": 1, "shorter_end": 1}
        rows.append(RowOverride(policy="SIR2019-high", drug="apixaban", row=cap, **SITE))
        rows.append(RowOverride(policy="SIR2019-high", drug="aspirin", row=cap, **SITE))
    return tuple(rows)


@st.composite
def dose_worlds(draw: st.DrawFn) -> tuple[Facts, PolicyBook, datetime]:
    """One drug that is counted in doses, at whole hours, in zones whose clocks change."""
    now = datetime.combine(draw(st.sampled_from(DAYS)), time(), UTC)
    now += timedelta(hours=draw(st.integers(0, 14 * 24)))
    drug, most = draw(
        st.sampled_from((("apixaban", 2), ("dabigatran etexilate", 2), ("edoxaban", 1)))
    )
    hours = st.integers(0, 23).map(time)
    last = draw(st.none() | st.integers(-100, 100))
    exposure = Exposure(
        drug=drug,
        dose_times=tuple(draw(st.lists(hours, min_size=1, max_size=most, unique=True))),
        last_dose=None if last is None else now + timedelta(hours=last),
    )
    creatinine = Lab(code=LabCode.CREATININE, value=draw(st.sampled_from((1, 1.75))), taken_at=now)
    patient = PatientFacts(
        id="p",
        birth_date=date(1955, 1, 1),
        sex=Sex.MALE,
        weight_kg=72,
        exposures=(exposure,),
        labs=(creatinine,),
    )
    setting = ClinicSetting(
        timezone=draw(st.sampled_from(ZONES)),
        notice_hours=draw(st.integers(0, 36)),
        tick_minutes=60,
    )
    facts = Facts(
        patient=patient, referral=spine_referral(), procedure=procedure(), setting=setting
    )
    return facts, PolicyBook.of(["SIR2019-high"]), now


LISTED = (
    *("aspirin", "clopidogrel", "apixaban", "dabigatran etexilate", "fondaparinux", "enoxaparin"),
    *("heparin", "warfarin", "prasugrel"),
)


@st.composite
def hold_worlds(draw: st.DrawFn) -> tuple[Facts, PolicyBook, datetime]:
    """Drugs that have figures, begun or not, with regimen and renal function told or not."""
    now = datetime.combine(draw(st.sampled_from(DAYS)), time(12), UTC)
    taken = []
    for drug in draw(st.lists(st.sampled_from(LISTED), min_size=1, max_size=2, unique=True)):
        last = draw(st.none() | st.integers(-200, 30))
        taken.append(
            Exposure(
                drug=drug,
                status=draw(st.sampled_from((ExposureStatus.ACTIVE, ExposureStatus.STOPPED))),
                dose_times=draw(st.sampled_from(((), (time(8),), (time(8), time(20))))),
                intent=draw(st.sampled_from((None, "prophylactic", "primary"))),
                route=draw(st.sampled_from((None, "iv"))),
                last_dose=None if last is None else now + timedelta(hours=last),
            )
        )
    creatinine = Lab(code=LabCode.CREATININE, value=draw(st.floats(0.7, 2.2)), taken_at=now)
    patient = PatientFacts(
        id="p",
        birth_date=date(1955, 1, 1),
        sex=Sex.MALE,
        weight_kg=draw(st.none() | st.just(72)),
        exposures=tuple(taken),
        labs=(creatinine,),
    )
    setting = ClinicSetting(
        timezone=draw(st.sampled_from(ZONES)),
        notice_hours=draw(st.sampled_from((0, 19, 24))),
        tick_minutes=60,
    )
    facts = Facts(
        patient=patient, referral=spine_referral(), procedure=procedure(), setting=setting
    )
    name = draw(st.sampled_from(("SIR2019-high", "ASRA2018-high")))
    capped = {"max_off_hours": draw(st.integers(150, 300)), "max_off_hard": draw(st.integers(0, 1))}
    changes = [
        RowOverride(policy=name, drug=drug, row=capped, **SITE)
        for drug in draw(st.lists(st.sampled_from(LISTED), max_size=3, unique=True))
    ]
    return facts, PolicyBook.of([name], changes), now


@st.composite
def life_worlds(draw: st.DrawFn) -> tuple[Facts, PolicyBook, datetime]:
    """No drug at all: engagements, distances, stents and premedication on whole hours."""
    now = datetime.combine(draw(st.sampled_from(DAYS)), time(draw(st.integers(0, 23))), UTC)
    spans = st.tuples(
        st.sampled_from(("dialysis", "radiotherapy", "contrast")),
        st.integers(-48, 24 * 30),
        st.integers(1, 12),
    )
    engaged = tuple(
        Commitment(
            kind=kind, start=now + timedelta(hours=at), end=now + timedelta(hours=at + length)
        )
        for kind, at, length in draw(st.lists(spans, max_size=4))
    )
    stents = st.builds(
        Implant,
        kind=st.sampled_from(("bare-metal stent", "coronary-stent")),
        placed_on=st.integers(-200, -1).map(lambda days: now.date() + timedelta(days=days)),
    )
    allergy = Finding(code="Z91.041", system="icd10", text="contrast")
    patient = PatientFacts(
        id="p",
        sex=Sex.MALE,
        commitments=engaged,
        implants=tuple(draw(st.lists(stents, max_size=1))),
        allergies=draw(st.sampled_from(((), (allergy,)))),
    )
    facts = Facts(
        patient=patient,
        referral=spine_referral(flags=frozenset({"contrast"})),
        # Half an hour before the start and 210 or 240 min after it.
        procedure=procedure(recovery_minutes=draw(st.sampled_from((150, 180)))),
        setting=ClinicSetting(timezone=draw(st.sampled_from(ZONES)), tick_minutes=30),
    )
    changes = [
        RowOverride(policy=RULES, drug=f"spacing/{kind}", row={"hours": hours}, **SITE)
        for kind, hours in (("radiotherapy", 36), ("contrast", 12))
    ]
    return facts, PolicyBook.of(["clinic-page"], draw(st.sampled_from(((), changes)))), now


@settings(max_examples=120, deadline=None)
@given(hold_worlds())
def test_both_forms_agree_on_holds(world: tuple[Facts, PolicyBook, datetime]) -> None:
    assert_forms_agree(*world)


@settings(max_examples=100, deadline=None)
@given(life_worlds())
def test_both_forms_agree_on_everything_else(
    world: tuple[Facts, PolicyBook, datetime],
) -> None:
    assert_forms_agree(*world)


@settings(max_examples=100, deadline=None)
@given(dose_worlds())
def test_both_forms_count_the_same_doses(world: tuple[Facts, PolicyBook, datetime]) -> None:
    assert_forms_agree(*world)


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_both_forms_agree_at_every_tick(world: tuple[Facts, PolicyBook, datetime]) -> None:
    assert_forms_agree(*world)


def assert_forms_agree(facts: Facts, book: PolicyBook, now: datetime) -> None:
    readiness = assess(facts, book, now)
    windows, ask, grid = readiness.window_set, judge(facts, book, now), facts.setting.grid
    end = now + timedelta(days=facts.setting.horizon_days)
    for tick in range(grid.ceil(now) - 2, grid.ceil(end) + 2):
        instant = grid.instant(tick)
        assert (not ask(instant)) == (instant in windows), (instant, ask(instant), windows)


@settings(max_examples=50, deadline=None)
@given(worlds(), st.integers(0, 28 * 24 - 1))
def test_one_instant_is_judged_as_in_the_series(
    world: tuple[Facts, PolicyBook, datetime], hours: int
) -> None:
    facts, book, now = world
    instant = facts.setting.grid.round_up(now + timedelta(hours=hours))
    assert permitted(facts, book, now, instant) == judge(facts, book, now)(instant)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_what_is_said_always_names_rule_and_source(
    world: tuple[Facts, PolicyBook, datetime],
) -> None:
    readiness = assess(*world)
    said = (*readiness.holds, *readiness.requirements, *readiness.blocks, *readiness.preparation)
    for one in said:
        assert one.ref.rule
        assert one.ref.source
        assert one.ref.evidence
        assert "{" not in one.sentence
        assert one.sentence


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_windows_lie_on_ticks_and_are_closed_by_blocks(
    world: tuple[Facts, PolicyBook, datetime],
) -> None:
    facts, _, now = world
    readiness = assess(*world)
    grid = facts.setting.grid
    for start, end in readiness.windows:
        assert grid.round_up(start) == start
        assert grid.round_up(end) == end
        assert now <= start < end
    if readiness.blocks or any(r.closes_windows for r in readiness.requirements):
        assert not readiness.windows
