"""The frame of a self-contained page: style, tables, and how figures are written."""

from collections.abc import Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5a6474; --line: #d5dae2; --paper: #fff;
  --band: #f4f6f9; --s0: #00538f; --s1: #8a4b00; --s2: #00694d; --s3: #8d2d6b; --s4: #6b5900;
  --s5: #a32a12; --s6: #4b4b8f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a4adba; --line: #3a4352;
  --paper: #14181f; --band: #1c222c; --s0: #6db9f2; --s1: #f0a848; --s2: #4fcf9f; --s3: #ea94cb;
  --s4: #dcc74a; --s5: #ff8f75; --s6: #a9a9f5; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 1240px; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
p, li { max-width: 75ch; } .soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13.5px; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
th:first-child, td:first-child, .text { text-align: left; }
tbody tr:nth-child(even) { background: var(--band); } .best { font-weight: 700; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1rem; }
.chart { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
.chart text { font-size: 11px; fill: var(--ink); }
.chart .title { font-size: 13px; font-weight: 600; }
.chart .tick, .chart .axis { fill: var(--soft); }
.mid { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: var(--line); stroke-width: 1; } .line { fill: none; stroke-width: 2; }
.mark { stroke-width: 2; }
""" + "\n".join(
    f".line.s{n}, .mark.s{n} {{ stroke: var(--s{n}); }} .mark.s{n} {{ fill: var(--s{n}); }}"
    f" .chart .name.s{n} {{ fill: var(--s{n}); }}"
    for n in range(7)
)


def page(title: str, body: str) -> str:
    """A whole document that asks for nothing from anywhere."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts; a text that begins with a star is set in bold."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>\n{lines}\n</tbody></table></div>"
    )


def _cell(text: str) -> str:
    css = ' class="best"' if text.startswith("★") else ""
    return f"<td{css}>{escape(text)}</td>"


def whole(value: int | None) -> str:
    """A whole number with separators, or a dash."""
    return "-" if value is None else f"{value:,}"


def percent(value: float | None, *, signed: bool = False) -> str:
    """A share in percent, or a dash."""
    if value is None:
        return "-"
    return f"{100 * value:+.1f} %" if signed else f"{100 * value:.1f} %"


def seconds(value: float | None) -> str:
    """Seconds with two places, or a dash."""
    return "-" if value is None else f"{value:.2f}"
