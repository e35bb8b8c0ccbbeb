"""Which posts say nearly what an earlier one has said: looked for in the engine by the bands of sketches.

A post is a copy of the earliest post of the days around it that says nearly the same. That does not
depend on the order in which posts are read: a post that comes late and is earlier takes the later ones over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from nlp.copies import Known, bands, earliest, later, similarity
from posts.forgetting import is_textless
from posts.labels import BY_PEOPLE
from posts.post import Annotations, Post, changed
from store.batch import Stored, stored_post
from store.documents import date_text
from store.protocol import Store

AROUND: Final = timedelta(days=3)
"""How far before and after a post its copies are looked for: what is said again later is said anew."""
SAME: Final = 0.8
"""Copies at least so similar are noise as well: the same text with another link, name or number."""
MOST: Final = 5_000
"""Likely copies that are looked at for one step, the earliest first: all but a flood."""
DUPLICATE: Final = "duplicate"


def placed(store: Store, read: Sequence[Post]) -> tuple[list[Post], list[tuple[Stored, Post]]]:
    """The posts with what they are a copy of; and stored ones, as they are and as they are now, that turn
    out to be copies of these."""
    own = {post.id: post for post in read}
    found = [each for each in _candidates(store, read) if each.post.id not in own]
    known = {post.id: post for post in (*read, *(each.post for each in found)) if _has_sketch(post)}
    by_band = _by_band(known.values())
    made = [_placed(post, _near(post, by_band, known)) for post in read]
    taken_over = _taken_over(made, {each.post.id: each for each in found}, by_band, known)
    return made, taken_over


def original_of(store: Store, post: str) -> str:
    """The id of the post that this one is a copy of; its own where it is none, or is not here."""
    found = store.get("posts", [post]).get(post, {})
    return str(found.get("copy_of") or post)


def _candidates(store: Store, read: Sequence[Post]) -> list[Stored]:
    wanted = sorted({band for post in read for band in _bands(post)})
    if not wanted:
        return []
    moments = [post.created_at for post in read]
    around = {"gte": date_text(min(moments) - AROUND), "lte": date_text(max(moments) + AROUND)}
    body = {
        "size": MOST,
        "query": {"bool": {"filter": [{"terms": {"bands": wanted}}, {"range": {"created_at": around}}]}},
        "sort": [{"created_at": "asc"}, {"id": "asc"}],
    }
    return [stored_post(hit["_source"]) for hit in store.search("posts", body)["hits"]["hits"]]


def _placed(post: Post, near: Iterable[Post]) -> Post:
    if post.annotations is None or is_textless(post):
        return post
    known = {each.id: each for each in map(_known, near)}
    original = earliest(_known(post), known.values()) if _has_sketch(post) else None
    return _copy_of(post, known[original]) if original is not None else _copy_of(post, None)


def _taken_over(
    made: Sequence[Post],
    found: Mapping[str, Stored],
    by_band: Mapping[str, list[str]],
    known: Mapping[str, Post],
) -> list[tuple[Stored, Post]]:
    """The stored posts that are copies of one of these, where that is earlier than what they were of."""
    originals: dict[str, Post] = {}
    for post in sorted(made, key=lambda post: (post.created_at, post.id)):
        if not _has_sketch(post):
            continue
        near = [_known(each) for each in _near(post, by_band, known) if each.id in found]
        for copy in later(_known(post), near):
            originals.setdefault(copy, post)
    changes = []
    for copy, original in originals.items():
        old = found[copy]
        now = old.post.annotations.copy_of if old.post.annotations else None
        present = known.get(now or "")
        if now is None or (present is not None and _order(original) < _order(present)):
            changes.append((old, _copy_of(old.post, _known(original))))
    return changes


def _copy_of(post: Post, original: Known | None) -> Post:
    read = post.annotations or Annotations()
    noise = read.noise
    if read.versions.get("noise") != BY_PEOPLE:
        others = (mark for mark in noise if mark != DUPLICATE)
        same = original is not None and similarity(read.sketch, original.sketch) >= SAME
        noise = (DUPLICATE, *others) if same else tuple(others)
    name = None if original is None else original.id
    if (read.copy_of, read.noise) == (name, noise):
        return post
    return changed(post, annotations=replace(read, copy_of=name, noise=noise))


def _by_band(posts: Iterable[Post]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for post in posts:
        for band in _bands(post):
            found.setdefault(band, []).append(post.id)
    return found


def _near(post: Post, by_band: Mapping[str, list[str]], known: Mapping[str, Post]) -> list[Post]:
    """The other posts that share a band with it and were written around the same time."""
    ids = dict.fromkeys(other for band in _bands(post) for other in by_band.get(band, ()))
    return [
        known[other]
        for other in ids
        if other != post.id and abs(known[other].created_at - post.created_at) <= AROUND
    ]


def _known(post: Post) -> Known:
    assert post.annotations is not None
    return Known(post.id, post.created_at, post.annotations.sketch)


def _order(post: Post) -> tuple[object, str]:
    return post.created_at, post.id


def _has_sketch(post: Post) -> bool:
    return post.annotations is not None and bool(post.annotations.sketch)


def _bands(post: Post) -> tuple[str, ...]:
    return bands(post.annotations.sketch) if post.annotations is not None else ()
