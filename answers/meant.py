"""What a selection asks about, and what it leaves: its own words, everything else, and the query for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from answers.asking import Asking
from answers.narrowing import also
from answers.rising_tags import spellings
from nlp import hashtags
from nlp.fold import tag_words, tokens
from posts import query as asked
from posts.post import number
from posts.selection import Selection
from store import compile as compiling

_UNSAYABLE: Final = ("spelling", "ids", "edge", "toward")
"""Parts of a selection that no query names."""


def everyone(selection: Selection) -> Selection:
    """All posts of the selection's window, platform and language, whatever they are about.

    What it leaves out as noise is left out there too.
    """
    return Selection(
        since=selection.since, until=selection.until, platform=selection.platform,
        language=selection.language, noise=selection.noise,
    )  # fmt: skip


def is_everything(selection: Selection) -> bool:
    """Whether a selection means all posts of its window, platform and language."""
    return not selection.query.strip() and selection.narrowed(query="") == everyone(selection)


def others(asking: Asking, selection: Selection, platforms: Sequence[str] = ()) -> Selection | None:
    """The selection of all posts of the window that this one leaves; ``None`` where no query names them.

    A selection of everything leaves none. With ``platforms`` only those on them, which leaves out nothing
    where the selection is of one platform.
    """
    if any(getattr(selection, name) for name in _UNSAYABLE) or is_everything(selection):
        return None
    parts = [f"({selection.query})"] if selection.query.strip() else []
    for name, value in (
        ("tag", selection.hashtag),
        ("author", selection.author),
        ("source", selection.source),
        ("entity", selection.entity),
    ):
        if value is not None:
            if '"' in value or (name == "author" and value != value.lower()):
                return None
            parts.append(f'{name}:"{value}"')
    query = f"-({' '.join(parts)})"
    if selection.platform is None and platforms:
        query = also(query, "(" + " OR ".join(f"platform:{name}" for name in platforms) + ")")
    return everyone(selection).narrowed(query=query)


def own_words(asking: Asking, selection: Selection) -> frozenset[str]:
    """The folded words that a selection asks for itself, in all spellings that it finds."""
    query = asked.parse(selection.query)
    found = {word for text in _texts(query.root) for word in tokens(text)}
    for other in compiling.explain(query):
        found.update(word for way in other.alternatives for word in tokens(way))
    tags = own_tags(selection)
    for key, written in spellings(asking, Selection(), [number(tag) for tag in tags], posts=None).values():
        found.update((key, *(word for name, _ in written for word in tag_words(name))))
    for brand in (asking.ours, *asking.rivals):
        if brand is not None and brand.id == selection.entity:
            found.update(tokens(brand.name))
    return frozenset(found)


def own_tags(selection: Selection) -> list[str]:
    """The family keys of the hashtags that a selection asks for itself."""
    tags = [hashtags.key(text) for text in _tags(asked.parse(selection.query).root)]
    return [*tags, selection.hashtag] if selection.hashtag else tags


def _leaves(part: asked.Part | None) -> Iterator[asked.Leaf]:
    """What must or may stand in the posts; not what must not."""
    match part:
        case None | asked.Not():
            return
        case asked.And(parts) | asked.Or(parts):
            for inner in parts:
                yield from _leaves(inner)
        case asked.Near():
            yield from _leaves(part.first)
            yield from _leaves(part.second)
        case _:
            yield part


def _texts(root: asked.Part | None) -> Iterator[str]:
    for leaf in _leaves(root):
        if isinstance(leaf, asked.Word | asked.Phrase):
            yield leaf.text


def _tags(root: asked.Part | None) -> Iterator[str]:
    for leaf in _leaves(root):
        if isinstance(leaf, asked.Hashtag):
            yield leaf.text
        elif isinstance(leaf, asked.Field) and leaf.name == "tag":
            yield leaf.value
