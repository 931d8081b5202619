"""Made-up patients of interventional radiology and their referrals, as FHIR R4.

Seeded: the same seed, number, clock and zone give the same bytes, and a longer list begins with the
shorter one. Nobody in it exists; names are put together from the short lists below.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from models.timegrid import zone
from scheduler.demo.fhir_parts import Chart, Json
from scheduler.demo.fhir_referrals import other_referral, vertebral_referral
from scheduler.demo.fhir_stories import STORIES, YOUNG_WOMEN, Person, everyday_drugs, story_of

ENGLISH_WOMEN = ("Agnes", "Beatrice", "Clara", "Dorothy", "Edith", "Harriet", "Ivy", "Mabel")
ENGLISH_MEN = ("Albert", "Clarence", "Edgar", "Frank", "Harold", "Leonard", "Oscar", "Walter")
ENGLISH_FAMILIES = ("Ashdown", "Birchall", "Calloway", "Denholm", "Fairley", "Grantham", "Whitlow")
SPANISH_WOMEN = ("Amparo", "Consuelo", "Dolores", "Esperanza", "Graciela", "Luz", "Pilar")
SPANISH_MEN = ("Anselmo", "Benito", "Eusebio", "Fermín", "Joaquín", "Rafael", "Tomás")
SPANISH_FAMILIES = ("Arroyo", "Benavides", "Cordero", "Fuentes", "Montalvo", "Quiroga", "Villar")
ESCORT = "urn:holdfast:escort"
UNAVAILABLE = "urn:holdfast:unavailable"
POUND_KG = 0.45359237
SPANISH_SHARE = 0.25
VERTEBRAL_SHARE = 0.65
INR_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class _Identity:
    """Who somebody is."""

    female: bool
    born: date
    age: int
    weight_kg: float
    height_cm: int
    spanish: bool
    given: str
    family: str


def generate(seed: int, count: int, now: datetime, timezone: str) -> tuple[list[Json], list[Json]]:
    """Made-up patients with one referral each.

    Args:
        seed: decides everything that is drawn.
        count: how many patients.
        now: aware instant; everything recorded lies before it.
        timezone: IANA zone of the site, in which dose times and appointments are meant.

    Returns:
        Patient bundles and ServiceRequests, in the same order.

    Raises:
        InputError: the zone is unknown.
    """
    local = now.astimezone(zone(timezone)).replace(microsecond=0)
    made = [_one(seed, number, local) for number in range(count)]
    return [bundle for bundle, _ in made], [referral for _, referral in made]


def _one(seed: int, number: int, now: datetime) -> tuple[Json, Json]:
    random = Random(f"holdfast {seed} {number}")
    story = story_of(number, random)
    # A fixed offset: adding days to a zone's own times would count wall-clock days.
    chart = Chart(f"{seed}-{number}", datetime.fromisoformat(now.isoformat()))
    who = _identity(story, random, now.date())
    _write_patient(chart, number, who, random, dead=story == "dead")
    _write_basics(chart, who, story, random)
    person = Person(chart, random, who.female, who.age, who.weight_kg)
    everyday_drugs(person, number)
    if story in STORIES:
        STORIES[story](person)
    vertebral = story != "dialysis" and random.random() < VERTEBRAL_SHARE
    if vertebral:
        referral = vertebral_referral(chart, number, random)
    else:
        referral = other_referral(chart, number, random, dialysis=story == "dialysis")
    return chart.bundle(), referral


def _identity(story: str, random: Random, today: date) -> _Identity:
    young = story in YOUNG_WOMEN
    female = young or random.random() < 0.65
    age = random.randint(24, 41) if young else int(min(94, max(31, random.gauss(72, 11))))
    spanish = random.random() < SPANISH_SHARE
    women, men = (SPANISH_WOMEN, SPANISH_MEN) if spanish else (ENGLISH_WOMEN, ENGLISH_MEN)
    height = round(random.gauss(161 if female else 174, 6))
    mass_index = min(44.0, max(19.0, random.gauss(26, 4)))
    birthday = date(today.year - age, today.month, min(today.day, 28))
    return _Identity(
        female=female,
        # The next birthday is more than a month away, so that the age stands through the demo.
        born=birthday - timedelta(days=random.randint(20, 330)),
        age=age,
        weight_kg=round(mass_index * (height / 100) ** 2, 1),
        height_cm=height,
        spanish=spanish,
        given=random.choice(women if female else men),
        family=random.choice(SPANISH_FAMILIES if spanish else ENGLISH_FAMILIES),
    )


def _write_patient(
    chart: Chart, number: int, who: _Identity, random: Random, *, dead: bool
) -> None:
    """The Patient: identity, language, escort, a spell away, and for one of them a death."""
    language = ("es", "Spanish") if who.spanish else ("en", "English")
    members: Json = {
        "extension": _extensions(chart, random),
        "identifier": [{"system": "urn:holdfast:demo:mrn", "value": f"D{number + 1:05d}"}],
        "name": [{"use": "official", "family": who.family, "given": [who.given]}],
        "gender": "female" if who.female else "male",
        "birthDate": who.born.isoformat(),
        "communication": [
            {
                "language": {
                    "coding": [{"system": "urn:ietf:bcp:47", "code": language[0]}],
                    "text": language[1],
                },
                "preferred": True,
            }
        ],
    }
    if dead:
        members["deceasedDateTime"] = chart.ago(3)
    chart.add("Patient", "Patient", members)


def _extensions(chart: Chart, random: Random) -> list[Json]:
    """Whether somebody takes the patient home, and days on which the patient cannot come."""
    found: list[Json] = [{"url": ESCORT, "valueBoolean": random.random() < 0.9}]
    if random.random() < 0.1:
        start = chart.now.replace(hour=0, minute=0, second=0)
        start += timedelta(days=random.randint(3, 12))
        period = {"start": start.isoformat(), "end": (start + timedelta(days=3)).isoformat()}
        found.append({"url": UNAVAILABLE, "valuePeriod": period})
    return found


def _write_basics(chart: Chart, who: _Identity, story: str, random: Random) -> None:
    """Weight (in pounds for some), height, ASA class and the blood count before a procedure."""
    days = random.randint(3, 12)
    if random.random() < 0.3:
        pounds = round(who.weight_kg / POUND_KG, 1)
        chart.result("Body weight", "29463-7", pounds, "[lb_av]", days_ago=days)
    else:
        chart.result("Body weight", "29463-7", who.weight_kg, "kg", days_ago=days)
    chart.result("Body height", "8302-2", who.height_cm, "cm", days_ago=days)
    chart.result("Platelets", "777-3", float(random.randint(140, 360)), "10*3/uL", days_ago=days)
    if not story.startswith("warfarin") and random.random() < INR_SHARE:
        inr = round(random.uniform(0.9, 1.1), 1)
        chart.result("INR", "6301-6", inr, "{INR}", days_ago=days)
    haemoglobin = round(random.uniform(10.5, 15.0), 1)
    chart.result("Haemoglobin", "718-7", haemoglobin, "g/dL", days_ago=days)
    if random.random() < 0.9:
        chart.asa_class(random.choices((1, 2, 3), weights=(15, 55, 30))[0])
