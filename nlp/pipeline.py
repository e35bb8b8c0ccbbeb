"""Posts with everything that can be read in their texts: words, signs, language and watched names.

Most posts never become a spaCy document: only a text whose folded words hold the letters of a watched name
can contain one, and only such a text is parsed for entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from nlp import fold, hashtags, language, links
from nlp.names import WatchedEntity, WatchList, base_length, joined
from nlp.signs import CASHTAG, HANDLE, HASHTAG, LINK, MENTION, Sign, scan
from posts.post import Annotations, Entity, Post, Tag, changed

if TYPE_CHECKING:
    from spacy.tokens import Span

__all__ = ["Pipeline", "WatchList", "WatchedEntity", "load"]

VERSION: Final = "1"
FEDERATED: Final = frozenset({"mastodon", "lemmy", "peertube", "pleroma", "misskey", "pixelfed", "friendica"})
"""Platforms on which ``@name@server`` names a person."""
MOST_WORDS: Final = 100_000
"""How many words the vocabulary holds, some 30 MB, before it begins anew."""
NOWHERE: Final = -1
"""The offset of what does not stand in the text: in the title, or declared by the platform."""


def load(settings: WatchList | None = None) -> Pipeline:
    """The pipeline for a project's watch list; without one it recognises no entities."""
    return Pipeline(settings or WatchList())


class Pipeline:
    """Reads posts. One instance may be used for any number of posts, by one thread at a time."""

    def __init__(self, watched: WatchList) -> None:
        self._bases = {entity.id: frozenset(map(joined, entity.names)) - {""} for entity in watched.entities}
        self._names = sorted(frozenset().union(*self._bases.values()), key=len)
        self._watched = watched
        self._versions = {
            "text": fold.VERSION,
            "language": language.VERSION,
            "entities": f"{VERSION}-{watched.version()}" if self._names else VERSION,
        }
        self._build()

    def _build(self) -> None:
        if self._names:
            from nlp.documents import build

            self._nlp = build(self._watched)

    def annotate(self, posts: Iterable[Post]) -> Iterator[Post]:
        """Each post with its annotations, in the order given.

        A title is read before the text; what is found in it has no place in the text (``NOWHERE``). Tags that
        the platform declares beside the text are added likewise. A repost says nothing itself, and is in
        the language of what it passes on.
        """
        for post in posts:
            yield changed(post, annotations=self.read(post))

    def read(self, post: Post) -> Annotations:
        """What is read in one post."""
        if post.deleted_at is not None or (not post.text and not post.title and post.repost_of is not None):
            return Annotations(language=_language("und", post.language), versions=self._versions)
        shift = len(post.title) + 1 if post.title else 0
        text = f"{post.title}\n{post.text}" if post.title else post.text
        signs = scan(text)
        bare = fold.plain(text, signs)
        words = fold.words(bare)
        found = _tags(text, signs, shift, federated=post.platform in FEDERATED)
        return Annotations(
            tokens=tuple(words),
            hashtags=_with_declared(found[HASHTAG], () if _tags_itself(post) else post.hashtags),
            mentions=tuple(found[MENTION]),
            cashtags=tuple(found[CASHTAG]),
            links=tuple(found[LINK]),
            entities=self._entities(text, words, shift),
            language=_language(language.of_words(bare, words), post.language),
            versions=self._versions,
        )

    def _entities(self, text: str, words: list[str], shift: int) -> tuple[Entity, ...]:
        return self._recognise(text, shift) if self._may_name(words) else ()

    def _may_name(self, words: list[str]) -> bool:
        """Whether the text may hold a watched name: the letters of one stand somewhere in its words."""
        letters = "".join(words)
        return any(name in letters for name in self._names)

    def _recognise(self, text: str, shift: int) -> tuple[Entity, ...]:
        # spaCy keeps every word it ever saw, and a service reads for months. (Its memory zones forget after
        # each text, which takes twice as long.)
        if len(self._nlp.vocab.strings) > MOST_WORDS:
            self._build()
        return tuple(self._entity(span, shift) for span in self._nlp(text).ents)

    def _entity(self, span: Span, shift: int) -> Entity:
        start, written = span.start_char, span.text
        length = base_length(written, self._bases[span.ent_id_])
        place = _place(start, start + length, shift)
        return Entity(written[:length], span.label_, *place, id=span.ent_id_)


_KEYS: Final[dict[str, Callable[[str], str]]] = {
    HASHTAG: hashtags.key,
    MENTION: str.lower,
    CASHTAG: str.upper,
}


def _tags(text: str, signs: list[Sign], shift: int, *, federated: bool) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {HASHTAG: [], MENTION: [], CASHTAG: [], LINK: []}
    for kind, start, end in signs:
        if kind == HANDLE:
            if not federated:
                continue
            kind = MENTION
        if kind == LINK:
            written = text[start:end]
            normal = links.key(written)
        else:
            written = text[start + 1 : end]
            normal = _KEYS[kind](written)
        found[kind].append(Tag(written, normal, *_place(start, end, shift)))
    return found


def _place(start: int, end: int, shift: int) -> tuple[int, int]:
    return (start - shift, end - shift) if start >= shift else (NOWHERE, NOWHERE)


def _tags_itself(post: Post) -> bool:
    """Whether the text alone says which tags a post has.

    Servers of the fediverse derive their list from the text, some cutting Persian tags at the half-space or
    keeping the list of an earlier edit: where there is a text, it is right and the list is not.
    """
    return post.platform in FEDERATED and bool(post.text)


def _with_declared(found: list[Tag], declared: tuple[str, ...]) -> tuple[Tag, ...]:
    if declared:
        known = {tag.normal for tag in found}
        for written in declared:
            tag = Tag(written.lstrip("#＃"), hashtags.key(written), NOWHERE, NOWHERE)
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
