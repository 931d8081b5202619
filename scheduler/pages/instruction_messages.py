"""What instruction sheets say in English, by the keys of `models.clinical.instructions`.

Sentences speak of doses, not of tablets, because some drugs are injected. Staff wording never
reaches the sheet: what is still open is said in general words. Where a key has several messages,
the first whose values are all known is taken.
"""

from models.clinical.instructions import Section


def N_(message: str) -> str:  # noqa: N802  # the name that translators' tools look for
    """Mark a message for translation where it is written down."""
    return message


TITLES = {
    Section.MEDICINES: N_("Your medicines"),
    Section.TESTS: N_("Tests"),
    Section.FOOD: N_("Eating and drinking"),
    Section.DAY: N_("On the day"),
    Section.AFTER: N_("After the procedure"),
    Section.OPEN: N_("Still to be settled"),
}
STOPPED_APPROVAL = "approval.stopped"
"""An agreement to a drug that is stopped already: nothing is said against stopping it."""
MESSAGES: dict[str, tuple[str, ...]] = {
    "drug.last-dose": (
        N_("Last dose of %(drug)s: %(when)s. After that, none before the procedure."),
    ),
    "drug.last-dose-before": (N_("No %(drug)s after %(when)s."),),
    "drug.stopped": (
        N_("Your last dose of %(drug)s was on %(when)s. No more before the procedure."),
    ),
    "drug.ask": (N_("Ask us whether and when to stop %(drug)s. Do not stop it without asking."),),
    "drug.until-start": (N_("Go on with %(drug)s as usual until the procedure."),),
    "drug.restart": (
        N_("Start %(drug)s again %(hours)s after the procedure, not earlier."),
        N_("Start %(drug)s again after the procedure."),
    ),
    "drug.restart-ask": (N_("Ask your clinician before you start %(drug)s again."),),
    "drug.restart-result": (
        N_(
            "Start %(drug)s again only when a blood test has been checked,"
            " at the earliest %(hours)s after the procedure."
        ),
        N_("Start %(drug)s again after the procedure only when a blood test has been checked."),
    ),
    "test.needed": (
        N_("Blood test: %(test)s. Have it done before the procedure, not earlier than %(since)s."),
        N_("Blood test: %(test)s. Have it done before the procedure."),
    ),
    "pregnancy-test": (
        N_("A pregnancy test is needed before the procedure, not earlier than %(since)s."),
        N_("A pregnancy test is needed before the procedure."),
    ),
    "premedication": (
        N_(
            "Medicine against a reaction to contrast: the first dose is due on %(when)s."
            " Ask us what to take."
        ),
    ),
    "fasting-clear": (N_("Water and other clear drinks: until %(when)s. Nothing after that."),),
    "fasting-light": (N_("A light meal or milk: not after %(when)s."),),
    "fasting-heavy": (N_("Fried or fatty food or meat: not after %(when)s."),),
    "liquid-diet": (N_("Because you use %(drug)s: only liquids from %(when)s on."),),
    "arrival": (N_("Arrive on %(when)s."),),
    "escort": (
        N_("A responsible adult must take you home. Do not drive for %(hours)s."),
        N_("A responsible adult must take you home."),
    ),
    "corset": (N_("A supporting corset will be fitted for you to wear after the procedure."),),
    "recovery": (
        N_("You lie flat for %(hours)s after the procedure and are then observed."),
        N_("You are observed after the procedure."),
    ),
    "approval": (
        N_(
            "Whoever prescribed %(drug)s must agree by %(when)s that you stop it."
            " Do not stop it before this is settled."
        ),
        N_(
            "Whoever prescribed %(drug)s must agree that you stop it."
            " Do not stop it before this is settled."
        ),
    ),
    STOPPED_APPROVAL: (N_("Whoever prescribed %(drug)s must still agree that you do without it."),),
    "open": (N_("Your appointment is not final: something is still to be settled with us."),),
}
TITLE = N_("Your appointment")
DATE_AND_CLOCK = N_("%(date)s at %(clock)s")
START = N_("The procedure begins on %(when)s.")
CLOCK_NOTE = N_("All times are on the 24-hour clock, %(zone)s.")
WARNING = N_(
    "Call us before you come if you could not keep to any of this, took a dose by mistake,"
    " feel ill or have a fever, or may be pregnant."
)
REFERENCE = N_("Patient %(patient)s, referral %(referral)s")
CONTACT_TITLE = N_("Questions? Call us")
NO_CONTACT = N_("Call the department where your procedure is booked.")
EVENT_START = N_("Appointment: %(site)s")
EVENT_ARRIVAL = N_("Arrive: %(site)s")
EVENT_LAST_DOSE = N_("Last dose: %(drug)s")
EVENT_LAST_CALL = N_("No more from now on: %(drug)s")
