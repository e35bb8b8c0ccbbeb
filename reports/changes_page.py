"""What changed between two dossiers, as a page: numbers side by side, and the posts that came and went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from answers.dossier import Dossier, TagSection
from posts.post import METRICS
from reports.changes import Changed, Changes, Difference, alike, overlap, span
from reports.dossier_page import facts, tag_name
from reports.dossier_reader import Reader
from reports.markup import Markup, element, joined, others, page, table
from words import digits, texts

LEAST_CHANCE: Final = 0.01
"""A difference that chance gives less often than this is called more than chance."""
_LISTED: Final = 200


def write(before: Dossier, after: Dossier, found: Changes, *, language: str, calendar: str) -> bytes:
    """The page: the same two dossiers give the same bytes."""
    reader = Reader.of(after, language, calendar)
    keys = dict.fromkeys((*before.question.tags, *after.question.tags))
    names = {tag.key: tag.name for tag in (*before.tags, *after.tags)}
    separator = texts.text("common.list_separator", language)
    title = reader.text("changes.title", tags=separator.join(f"#{names[key]}" for key in keys))
    start, _, end = reader.text("changes.title", tags="\x00").partition("\x00")
    heading = element("h1", start, joined([tag_name(names[key]) for key in keys], separator), end)
    body = joined(
        [
            heading,
            *(element("p", each, class_="note") for each in _notes(before, after, reader)),
            _asked(before, after, reader),
            *(_section(key, names[key], before, after, found, reader) for key in keys),
            *_posts(before, after, found, reader),
            element("p", reader.text("changes.how"), class_="soft"),
        ],
        "\n",
    )
    return page(title, body, language=language).encode()


def _notes(before: Dossier, after: Dossier, reader: Reader) -> list[str]:
    notes = []
    if span(before.question) == span(after.question):
        notes.append("same_window")
    elif overlap(before, after):
        notes.append("overlap")
    if not alike(before, after):
        notes.append("other_question")
    return [reader.text(f"changes.{name}") for name in notes]


def _asked(before: Dossier, after: Dossier, reader: Reader) -> Markup:
    sides = (("before", before), ("after", after))
    return element(
        "div",
        *(
            element("div", element("h3", reader.text(f"changes.{name}")), facts(one, reader))
            for name, one in sides
        ),
        class_="two",
    )


def _section(key: str, name: str, before: Dossier, after: Dossier, found: Changes, reader: Reader) -> Markup:
    heading = element("h2", tag_name(name))
    old, new = (next((tag for tag in one.tags if tag.key == key), None) for one in (before, after))
    if old is None or new is None:
        only = reader.text("changes.tag_new" if old is None else "changes.tag_gone")
        return joined([heading, element("p", only, class_="note")])
    own = {each.number: each for each in found.numbers if each.tag == key}
    rows = [_row(each, old, new, own, reader) for each in _told(reader)]
    heads = [reader.text(f"changes.{each}") for each in ("number", "before", "after", "difference", "chance")]
    smaller = len(own) - sum(number in own for number, _ in _told(reader))
    rest = reader.text("changes.days", n=reader.number(smaller))
    return joined(
        [
            heading,
            table(heads, rows, numbers=(1, 2, 3)),
            element("p", rest, class_="soft"),
            _tags(old, new, reader),
        ]
    )


def _told(reader: Reader) -> list[tuple[str, str]]:
    """The numbers that stand in the table, and what they are called."""
    metrics = [(f"metrics.{name}.total", reader.label(name)) for name in METRICS]
    return [
        ("posts", reader.label("posts")), ("authors", reader.label("authors")),
        ("engagement.total", reader.label("engagement")), *metrics,
        ("followers.total", reader.text("reach")),
    ]  # fmt: skip


def _row(
    told: tuple[str, str],
    old: TagSection,
    new: TagSection,
    own: dict[str, Difference],
    reader: Reader,
) -> list[str]:
    number, label = told
    one, other = _value(old, number), _value(new, number)
    chance = own[number].chance if number in own else None
    return [
        label,
        reader.number(one),
        reader.number(other),
        _moved(one, other, reader),
        _by_chance(chance, reader),
    ]


def _value(section: TagSection, way: str) -> int | None:
    """The number of that way (``metrics.likes.total``) in a hashtag's numbers."""
    found: object = section.numbers
    for name in way.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found if isinstance(found, int) else None


def _moved(one: int | None, other: int | None, reader: Reader) -> str:
    """The difference, and as a share; what was nothing before is called new."""
    if one is None or other is None:
        return digits.UNKNOWN
    moved = other - one
    written = digits.number(moved, reader.language, signed=True)
    if not moved:
        return element("span", written, class_="soft")
    share = (
        f" ({digits.percent(moved / one, reader.language, signed=True)})"
        if one
        else f" ({reader.name('trend', 'new')})"
    )
    return element("span", f"{written}{share}", class_="more" if moved > 0 else "less")


def _by_chance(chance: float | None, reader: Reader) -> str:
    if chance is None:
        return ""
    key = "no_chance" if chance < LEAST_CHANCE else "by_chance"
    p = digits.percent(max(chance, 1e-4), reader.language, 2 if chance < LEAST_CHANCE else 0)
    return reader.text(f"changes.{key}", p=("< " if chance < 1e-4 else "") + p)


def _tags(old: TagSection, new: TagSection, reader: Reader) -> Markup:
    """Hashtags beside it that are listed on one side only."""
    sides = [{each.key: each for each in one.numbers.related} for one in (old, new)]
    parts = []
    for key, there, absent in (("tags_new", sides[1], sides[0]), ("tags_gone", sides[0], sides[1])):
        chips = [
            element("span", tag_name(each.name), f" {reader.number(each.both)}", class_="chip")
            for name, each in there.items()
            if name not in absent
        ]
        if chips:
            parts.append(
                joined([element("h3", reader.text(f"changes.{key}")), element("p", *chips, class_="chips")])
            )
    return joined(parts)


def _posts(before: Dossier, after: Dossier, found: Changes, reader: Reader) -> list[Markup]:
    """The posts by id where the windows have posts in common; else all of them are others."""
    if not overlap(before, after):
        return []
    lists = [
        ("posts_new", [element("code", others(each)) for each in found.new]),
        ("posts_gone", [element("code", others(each)) for each in found.gone]),
        ("posts_changed", [changed_told(each, reader) for each in found.changed]),
    ]
    return [_list(f"changes.{key}", rows, reader) for key, rows in lists if rows]


def _list(key: str, rows: Sequence[Markup], reader: Reader) -> Markup:
    shown = [element("li", row) for row in rows[:_LISTED]]
    if len(rows) > _LISTED:
        shown.append(element("li", reader.text("changes.more", n=reader.number(len(rows) - _LISTED))))
    count = texts.counted("common.unit.post", len(rows), reader.language)
    return joined([element("h2", reader.text(key), " ", element("small", count)), element("ul", *shown)])


def changed_told(each: Changed, reader: Reader) -> Markup:
    """A post by its id, and what of it changed."""
    return joined([element("code", others(each.id)), " ", what_changed(each, reader)])


def what_changed(each: Changed, reader: Reader) -> str:
    """What of a post changed, in words: "text, likes 3 → 50"."""
    parts = []
    for name, pair in each.what.items():
        label = reader.text(f"part.{name}") if texts.known(f"report.part.{name}") else reader.label(name)
        if pair is None or name == "created_at":
            parts.append(label)
        else:
            arrow = "←" if reader.language == "fa" else "→"
            parts.append(f"{label} {reader.number(pair[0])} {arrow} {reader.number(pair[1])}")
    return texts.text("common.list_separator", reader.language).join(parts)
