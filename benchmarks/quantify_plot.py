"""The width of intervals against the number of labels, as a drawing (SVG) of plain shapes and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isnan, log

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 200, 50, 40, 50
HIGHEST = 0.5
LINES = (
    ("here: labels alone (Wilson)", "labels alone", "#8b9aa5", "4 3"),
    ("**ours, elsewhere**", "corrected, labels from elsewhere", "#d97706", ""),
    ("**ours, here**", "corrected, labels from the query", "#0f9d8a", ""),
)
"""Rows of the table that are drawn: their names there and in the drawing, colour and dashes."""


def draw(sizes: Sequence[int], sets: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """A panel for each set of texts, a line for each way of telling a share."""
    across = len(sets) * (WIDTH + GAP) + LEFT
    down = TOP + HEIGHT + 80
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{across}" height="{down}" fill="#ffffff"/>',
    ]
    for place, (name, lines) in enumerate(sets.items()):
        parts += _panel(LEFT + place * (WIDTH + GAP), name, sizes, lines)
    for place, (_, label, colour, dashes) in enumerate(LINES):
        x, y = LEFT + place * 250, TOP + HEIGHT + 60
        parts.append(_line([(x, y - 4), (x + 24, y - 4)], colour, dashes))
        parts.append(_text(x + 30, y, label))
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: float, name: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> list[str]:
    def x(size: float) -> float:
        return left + WIDTH * log(size / sizes[0]) / log(sizes[-1] / sizes[0])

    def y(width: float) -> float:
        return TOP + HEIGHT * (1 - min(width, HIGHEST) / HIGHEST)

    parts = [_text(left, TOP - 14, name, weight="bold")]
    for tick in range(6):
        at = y(tick / 10)
        parts.append(_line([(left, at), (left + WIDTH, at)], "#e2e6e9"))
        parts.append(_text(left - 6, at + 4, f"{tick * 10} %", anchor="end"))
    for size in sizes:
        parts.append(_text(x(size), TOP + HEIGHT + 16, str(size), anchor="middle"))
    parts.append(_text(left + WIDTH / 2, TOP + HEIGHT + 34, "labels", anchor="middle"))
    for key, _, colour, dashes in LINES:
        known = [
            (x(size), y(width))
            for size, width in zip(sizes[-len(lines.get(key, ())) :], lines.get(key, ()), strict=False)
            if not isnan(width)
        ]
        parts.append(_line(known, colour, dashes, 2))
        parts += [f'<circle cx="{at:.1f}" cy="{up:.1f}" r="3" fill="{colour}"/>' for at, up in known]
    return parts


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "", width: float = 1) -> str:
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'
    )
