"""Reading a page as a browser without a script would."""

from html.parser import HTMLParser

from scenarios.report.data import ReportData
from scenarios.report.page import comparison_html

VOID = {"meta", "link", "input", "br", "path", "use", "circle"}


class Page(HTMLParser):
    """Tags with their attributes, headings, the text outside scripts, the cells of each row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.headings: list[tuple[int, str]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(tag[1]), ""))
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts[-1] += data
            return
        self.text.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data
        if inside[:1] == "h" and inside[1:].isdigit():
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def row(self, *begins: str) -> list[str]:
        """The first row whose cells begin so."""
        cleaned = ([" ".join(cell.split()) for cell in row] for row in self.rows)
        return next(
            row
            for row in cleaned
            if len(row) >= len(begins)
            and all(c.startswith(b) for c, b in zip(row, begins, strict=False))
        )


def page(report: ReportData) -> Page:
    return Page(comparison_html(report))
