"""Texts that both engines, JSON and SQLite take: repaired once, on the way in.

What a server sends may hold half a surrogate pair (one engine refuses it, the other stores it and
every later export breaks), NUL, terminal escapes, or in a name the marks that turn the reading
direction of all that follows. What is written stays otherwise as it was written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from posts.errors import RecordError
from posts.post import MAX_COUNT, Post

MAX_TEXT: Final = 100_000
"""Code points of a text that are kept; more is no post but a document."""
CUT_MARK: Final = "…"

_NEWLINE = re.compile("\r\n?|\x85|[\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""All of the above: most texts have none of them."""
# Embeddings, overrides and isolates: in a text they are the author's, in a name they would
# reorder the page around it.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_NAMES: Final = frozenset(
    {
        "id", "aliases", "source", "also_in", "key", "handle", "name", "hashtags", "conversation", "reply_to",
        "reply_to_author", "repost_of", "repost_of_author", "quote_of", "quote_of_author", "forwarded_from",
        "other_references",
    }
)  # fmt: skip
_COUNTS: Final = frozenset({"followers", "votes", "reactions"})


def clean_text(text: str) -> str:
    """The text without controls but newline and tab, its halves of surrogate pairs joined or U+FFFD."""
    if not _SUSPECT.search(text):
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if _CONTROL.search(text) or _NEWLINE.search(text):
        text = _CONTROL.sub("", _NEWLINE.sub("\n", text))
    return text


def clean_name(text: str) -> str:
    """The text, also without the marks that turn the direction of what follows."""
    return _TURNING.sub("", clean_text(text))


def clean(post: Post) -> Post:
    """The post with every text in it repaired and impossible counts beside its metrics unknown.

    Metrics themselves are left to ``posts.post.check``, which refuses them with their value.
    """
    parts = msgspec.to_builtins(post, builtin_types=(datetime,))
    try:
        return msgspec.convert(_cleaned(parts, ""), Post)
    except (msgspec.ValidationError, OverflowError) as error:
        raise RecordError(str(error), subject=clean_name(post.id)[:80]) from error


def shorten(post: Post) -> Post:
    """The post with texts of at most ``MAX_TEXT`` code points; one that was cut ends in ``CUT_MARK``."""
    if any(len(edit.text) > MAX_TEXT for edit in post.edits):
        post = replace(post, edits=tuple(replace(edit, text=_cut(edit.text)) for edit in post.edits))
    return post if len(post.text) <= MAX_TEXT else replace(post, text=_cut(post.text))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + CUT_MARK


def is_cut(post: Post) -> bool:
    """Whether ``shorten`` cut the text."""
    return len(post.text) == MAX_TEXT and post.text.endswith(CUT_MARK)


def _cleaned(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return clean_name(value) if name in _NAMES else clean_text(value)
    if isinstance(value, dict):
        if name in _COUNTS:
            return {clean_name(k): n for k, n in value.items() if 0 <= n <= MAX_COUNT}
        return {clean_name(key): _cleaned(part, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part, name) for part in value]
    if name in _COUNTS and isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= MAX_COUNT else None
    return value
