"""The first stage: the words, signs and language of a post, read in one pass when it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nlp import emoji, fold, hashtags, language, links
from nlp.signs import CASHTAG, HANDLE, HASHTAG, LINK, MENTION, Sign, scan
from nlp.watching import NOWHERE, Watching, place
from posts.post import Annotations, Post, Tag

VERSIONS: Final[Mapping[str, str]] = {"text": fold.VERSION, "language": language.VERSION}
FEDERATED: Final = frozenset({"mastodon", "lemmy", "peertube", "pleroma", "misskey", "pixelfed", "friendica"})
"""Platforms on which ``@name@server`` names a person."""


def says_nothing(post: Post) -> bool:
    """Whether there is nothing to read: the post is deleted, or passes another on without a word."""
    return post.deleted_at is not None or (not post.text and not post.title and post.repost_of is not None)


def written(post: Post) -> tuple[str, int]:
    """Title and text as they are read, and where in it the text begins."""
    return (f"{post.title}\n{post.text}", len(post.title) + 1) if post.title else (post.text, 0)


def empty(post: Post, *, versions: dict[str, str], readers: tuple[str, ...]) -> Annotations:
    """What is read in a post that says nothing."""
    return Annotations(language=_language("und", post.language), versions=versions, readers=readers)


def read(
    post: Post,
    watching: Watching,
    *,
    versions: dict[str, str],
    readers: tuple[str, ...],
    key: Callable[[str], str] = hashtags.key,
) -> Annotations:
    """What is read in a post; ``key`` gives the family of a hashtag."""
    text, shift = written(post)
    signs = scan(text)
    bare = fold.plain(text, signs)
    words = fold.words(bare)
    found = _tags(text, signs, shift, key, federated=post.platform in FEDERATED)
    declared = () if _tags_itself(post) else post.hashtags
    return Annotations(
        tokens=tuple(words),
        hashtags=_with_declared(found[HASHTAG], declared, key),
        mentions=tuple(found[MENTION]),
        cashtags=tuple(found[CASHTAG]),
        links=tuple(found[LINK]),
        entities=watching.find(text, words, shift),
        emoji=() if text.isascii() else _emoji(text, shift),
        language=_language(language.of_words(bare, words), post.language),
        versions=versions,
        readers=readers,
    )


def _emoji(text: str, shift: int) -> tuple[Tag, ...]:
    return tuple(Tag(tag.text, tag.normal, *place(tag.start, tag.end, shift)) for tag in emoji.find(text))


def _tags(
    text: str, signs: list[Sign], shift: int, key: Callable[[str], str], *, federated: bool
) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {HASHTAG: [], MENTION: [], CASHTAG: [], LINK: []}
    for kind, start, end in signs:
        if kind == HANDLE:
            if not federated:
                continue
            kind = MENTION
        if kind == LINK:
            as_written = text[start:end]
            normal = links.key(as_written)
        else:
            as_written = text[start + 1 : end]
            normal = key(as_written) if kind == HASHTAG else _NORMAL[kind](as_written)
        found[kind].append(Tag(as_written, normal, *place(start, end, shift)))
    return found


_NORMAL: Final[dict[str, Callable[[str], str]]] = {MENTION: str.lower, CASHTAG: str.upper}


def _tags_itself(post: Post) -> bool:
    """Whether the text alone says which tags a post has.

    Servers of the fediverse derive their list from the text, some cutting Persian tags at the half-space or
    keeping the list of an earlier edit: where there is a text, it is right and the list is not.
    """
    return post.platform in FEDERATED and bool(post.text)


def _with_declared(found: list[Tag], declared: tuple[str, ...], key: Callable[[str], str]) -> tuple[Tag, ...]:
    if declared:
        known = {tag.normal for tag in found}
        for as_written in declared:
            tag = Tag(as_written.lstrip("#＃"), key(as_written), NOWHERE, NOWHERE)
            if tag.normal and tag.normal not in known:
                known.add(tag.normal)
                found.append(tag)
    return tuple(found)


# What platforms write for "unknown", and codes that have a newer form.
_DECLARED: Final = {"": "und", "und": "und", "zxx": "und", "mul": "und", "mis": "und", "iw": "he", "in": "id"}


def _language(detected: str, declared: str | None) -> str:
    if detected != language.UNDETERMINED or not declared:
        return detected
    code = declared.replace("_", "-").partition("-")[0].lower()
    return _DECLARED.get(code, code)
