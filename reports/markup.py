"""Pages of our own that need nothing from outside: HTML of which every text is escaped, bars as plain SVG.

What others wrote is set apart from the line that it stands in (``<bdi>``) and stripped of marks that would
turn the rest of the line; no page runs a script or loads anything.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from typing import Final

from words.bidi import stripped


class Markup(str):
    """HTML that is whole and safe: made by this module only."""

    __slots__ = ()


def element(tag: str, *inside: str, **attributes: str | int | None) -> Markup:
    """An element; what is inside is escaped unless it is ``Markup``. ``class_`` stands for ``class``.

    >>> element("td", "<b>", class_="n")
    '<td class="n">&lt;b&gt;</td>'
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}>{''.join(map(_safe, inside))}</{tag}>")


def joined(parts: Sequence[str], separator: str = "") -> Markup:
    """The parts one after the other, escaped unless they are ``Markup``."""
    return Markup(_safe(separator).join(map(_safe, parts)))


def others(text: str) -> Markup:
    """A text that somebody else wrote, in its own direction whatever stands around it."""
    return element("bdi", stripped(text))


def _safe(text: str) -> str:
    if isinstance(text, Markup):
        return text
    # Characters that no document may hold, and those that none shows, are shown as missing.
    shown = "".join(c if c in "\t\n" or (c >= " " and not "\x7f" <= c <= "\x9f") else "\ufffd" for c in text)
    return html.escape(shown.encode("utf-8", "replace").decode())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> Markup:
    """A table; the columns ``numbers`` are set at the end of their cells."""

    def shape(at: int) -> str | None:
        # Bars have no heading, and no room on a narrow page.
        return "n" if at in numbers else "wide" if not heads[at] else None

    def row(tag: str, cells: Sequence[str]) -> Markup:
        return element("tr", *(element(tag, cell, class_=shape(at)) for at, cell in enumerate(cells)))

    return element(
        "table", element("thead", row("th", heads)), element("tbody", *(row("td", each) for each in rows))
    )


def bar(share: float) -> Markup:
    """A lying bar that fills so much of its place, from 0 to 1."""
    width = round(100 * min(1.0, max(0.0, share)), 1)
    inside = Markup(f'<rect width="{width}" height="6" rx="1"/>')
    return element(
        "svg", inside, class_="bar", viewBox="0 0 100 6", preserveAspectRatio="none", aria_hidden="true"
    )


def columns(values: Sequence[int], told: Sequence[str], *, label: str) -> Markup:
    """Standing bars, the first at the beginning of the line; ``told`` is what a pointer reads of each.

    A page from right to left mirrors the whole drawing by its style.
    """
    most, count = max(values, default=0) or 1, len(values) or 1
    step = 720 / count
    drawn = []
    for place, (value, text) in enumerate(zip(values, told, strict=True)):
        height = round(120 * value / most, 1)
        rect = Markup(
            f'<rect x="{round(place * step + step * 0.08, 1)}" y="{round(120 - height, 1)}" '
            f'width="{round(step * 0.84, 1)}" height="{height}"/>'
        )
        drawn.append(element("g", element("title", text), rect))
    return element(
        "svg", *drawn, class_="columns", viewBox="0 0 720 121", preserveAspectRatio="none", role="img",
        aria_label=label,
    )  # fmt: skip


def page(title: str, body: str, *, language: str, meta: Sequence[tuple[str, str]] = ()) -> str:
    """A whole document in a language, which loads nothing and runs nothing."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    named = "".join(
        f'<meta name="{html.escape(name)}" content="{html.escape(content)}">\n' for name, content in meta
    )
    direction = "rtl" if language == "fa" else "ltr"
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"{named}<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{_safe(body)}\n</body>\n</html>\n"
    )


STYLE: Final = """
:root { color-scheme: light; --ink: #16232b; --soft: #5b6b75; --line: #dfe6ea; --back: #f5f8f9; --main:
  #0f766e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.4rem 3rem; color: var(--ink); background: #fff;
  font: 15px/1.55 Vazirmatn, "Segoe UI", Tahoma, "Noto Naskh Arabic", "Noto Sans", system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .4rem; padding-top: .9rem; border-top: 3px solid var(--main); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .35rem 0; } .soft, small { color: var(--soft); } small { font-size: .82rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .7rem; margin:
  1rem 0; }
.card { background: var(--back); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem
  .9rem; }
.card b { display: block; font-size: 1.55rem; line-height: 1.3; }
.card span { color: var(--soft); font-size: .84rem; display: block; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 2rem;
  align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: start; color: var(--soft); font-weight: 600; font-size: .82rem; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); vertical-align: middle;
  overflow-wrap: break-word; }
td small { display: block; overflow-wrap: anywhere; }
.n { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
svg.bar { width: 100%; min-width: 4rem; height: .45rem; display: block; }
svg.columns { width: 100%; height: 8rem; display: block; border-bottom: 1px solid var(--soft); }
svg rect { fill: var(--main); } [dir=rtl] svg { transform: scaleX(-1); }
figure { margin: .4rem 0; } figcaption { display: flex; justify-content: space-between; gap: 1rem; }
figcaption, .chips { color: var(--soft); font-size: .84rem; }
.chip { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .6rem;
  margin: .15rem; }
.post { border-inline-start: 3px solid var(--line); padding: .1rem .8rem; margin: .7rem 0; white-space:
  pre-wrap; overflow-wrap: anywhere; }
.more { color: #b45309; } .less { color: #1d4ed8; } .note { background: var(--back); border-radius: .5rem;
  padding: .5rem .8rem; }
code { direction: ltr; unicode-bidi: isolate; font-size: .8rem; overflow-wrap: anywhere; }
a { color: var(--main); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .8rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 560px) { .wide { display: none; } body { padding-inline: 1rem; } th, td {
  padding-inline: .3rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } .card, tr, figure, .post {
  break-inside: avoid; }
  h2, h3 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page
  { margin: 16mm; } }
"""
