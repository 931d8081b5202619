"""The patient's instruction sheet as one HTML file to print, in the patient's language."""

from models.clinical.instructions import InstructionSheet
from scheduler.pages.instruction_words import spoken
from scheduler.pages.templating import environment


def instructions_html(sheet: InstructionSheet, *, site: str) -> str:
    """The sheet of one booking; `site` is the department's name."""
    template = environment().get_template("instructions.html.j2")
    return template.render(sheet=spoken(sheet), site=site)
