"""The shape of a post's content, from its media, kind, platform, poll, links and words.

The first that holds decides:

1.  What the platform says it is, where that tells a shape (``story``, ``live``, ``gif``, ``article``, ...).
    ``text``, ``image``, ``video`` and ``post`` only tell what carries the content, so words may say more.
2.  A poll is ``interactive``, a moving picture a ``gif``.
3.  Words that name a shape, in the order of ``NAMED``: a contest with a tip in it is a contest. Words for
    what is seen (``live``, ``story``, ``infographic``, ``graphic``) count only beside something to see.
4.  Where it was published: ``news`` and ``blog``.
5.  What carries it: ``video``, ``image``; then a long text, or one under a title, is an ``article``; a text
    with a link, a sound, a file or a post passed on is a ``post``; a bare text is ``text``. Nothing at all is
    ``None``.

A film that teaches is a ``how-to``, not a ``video``: the shape is what the strategist plans by, and which
media a post has stays in the post.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from nlp.patterns import Lists, joined, longest
from nlp.text import Cue, Text
from posts.post import FORMATS, Post

VERSION: Final = "1"
CARRIERS: Final = frozenset(("text", "image", "video", "post"))
"""What a platform calls a post without saying more than what it is made of."""
NAMED: Final = (
    "contest", "interactive", "how-to", "tip", "infographic", "live", "gif", "story", "news", "blog",
    "graphic",
)  # fmt: skip
"""Shapes that words name, the surest first."""
SEEN: Final = {
    "live": frozenset(("video", "unknown")),
    "story": frozenset(("image", "video", "unknown")),
    "infographic": frozenset(("image", "document", "unknown")),
    "graphic": frozenset(("image", "unknown")),
    "gif": frozenset(("video", "gif", "unknown")),
}
"""Media beside which words of these shapes are believed."""
LONG: Final = 1_200
"""Characters from which a text is an article."""
_WHY: Final = "intents.why."


def read(post: Post, text: Text) -> tuple[str | None, tuple[Cue, ...]]:
    """The shape of a post and the words that told it; ``None`` for a post without any content.

    ``text`` is the post's text (with its title, if they are read together) made ready.
    """
    told = post.format if post.format in FORMATS else None
    if told is not None and told not in CARRIERS:
        return told, ()
    kinds: set[str] = {item.kind for item in post.media}
    if post.poll is not None:
        return "interactive", ()
    if "gif" in kinds:
        return "gif", ()
    named = _named(text)
    for form in NAMED:
        if form in named and (form not in SEEN or kinds & SEEN[form] or _says_so(form, named[form])):
            return form, tuple(named[form])
    return _carried(post, kinds, told), ()


def _says_so(form: str, cues: list[Cue]) -> bool:
    """Whether words of a thing that is seen are enough without seeing it: a live broadcast named twice."""
    return form == "live" and len(cues) > 1


def _named(text: Text) -> dict[str, list[Cue]]:
    words = joined(text.words)
    found: dict[str, list[Cue]] = {}
    for place in longest(lists().find(words, lists().sentences(text, words))):
        cue = Cue(words[place.first].start, words[place.last - 1].end, place.list.says, 1.0, _WHY + "form")
        found.setdefault(place.list.says, []).append(cue)
    return found


def _carried(post: Post, kinds: set[str], told: str | None) -> str | None:
    """What a post is by where it was published and what it is made of."""
    if post.kind in ("news", "blog"):
        return post.kind
    for kind in ("video", "image"):
        if kind in kinds or told == kind:
            return kind
    if len(post.text) >= LONG or (post.title and post.text):
        return "article" if post.kind != "forum" else "post"
    if post.links or kinds or post.title or post.forwarded_from or post.quote_of or told == "post":
        return "post"
    if post.text:
        return "text"
    return told


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The words that name shapes."""
    return Lists(tomllib.loads((files("nlp") / "data" / "forms.toml").read_text(encoding="utf-8")))
