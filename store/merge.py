"""Two copies of one post as one, the same in whatever order they came.

Copies come through several servers, in several sources, late or again. Each part of the result is
taken by a rule that is commutative, associative and idempotent, so a replay or another order of files
ends in the same post:

- the newest edit gives the content (title, text, tags, mentions);
- the newest copy gives what changes by itself (author's facts, metrics, poll, media, links); a copy that
  does not tell the author or any count yields to one that does;
- earlier wordings add up by their moments, of which the newest ten stay;
- names add up: ``aliases``, and in ``also_in`` every source but the one that saw the post first;
- what a post answers, repeats or quotes cannot change: whatever copy tells it, under every name that a
  server has for it (``other_references``), for only one of them may ever be found;
- a deletion wins always and takes the content with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from itertools import chain
from typing import Any, Final

import msgspec

from posts.post import MAX_EDITS, Edit, Metrics, Post, changed

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_REFERENCES: Final = (
    "conversation", "reply_to", "reply_to_author", "repost_of", "repost_of_author", "quote_of",
    "quote_of_author", "forwarded_from",
)  # fmt: skip
POINTING: Final = ("reply_to", "repost_of", "quote_of")
"""The fields that hold the id or an alias of another post."""
_CONTENT: Final = ("url", "title", "text", "language", "hashtags", "mentioned", "format")
_FACTS: Final = ("author", "metrics", "poll", "media", "links", "run_id")

_TELL_NO_EDITS: Final = frozenset({"feed"})
"""Platforms that mostly do not say when something was edited. (A copy of another that does not is old.)"""

_bytes = msgspec.json.Encoder(order="deterministic").encode


def merge(first: Post, *others: Post) -> Post:
    """One post of several copies with the same id. What was read in them (annotations) is left out."""
    return reduce(_merge, others, settle(first))


def settle(post: Post) -> Post:
    """A single copy in the form that ``merge`` gives."""
    first_seen_at = post.first_seen_at or post.collected_at
    aliases = tuple(sorted({*post.aliases} - {post.id})) if post.aliases else ()
    also_in = tuple(sorted({*post.also_in} - {post.source})) if post.also_in else ()
    edits = _edits(post.edits) if post.edits else ()
    settled = changed(
        post, first_seen_at=first_seen_at, aliases=aliases, also_in=also_in, edits=edits, annotations=None
    )
    return settled if post.deleted_at is None else _emptied(settled, post.deleted_at)


def same_writing(a: Post, b: Post) -> bool:
    """Whether two copies say the same, so that what was read in one holds for the other."""
    return (a.title, a.text, a.hashtags, a.mentioned, a.links, a.language) == (
        b.title, b.text, b.hashtags, b.mentioned, b.links, b.language,
    )  # fmt: skip


def date_edit(copy: Post, stored: Post) -> Post:
    """The copy with the time of an edit that its platform does not tell.

    A feed corrects a title in place. Where the only source of a post shows another writing in a later
    copy under the same time of edit, or under none where edits before were dated so, the edit is dated by
    when it was seen, and so wins the merge.
    """
    untold = copy.edited_at is None and copy.platform in _TELL_NO_EDITS
    silent = (
        copy.collected_at > stored.collected_at
        and (copy.edited_at == stored.edited_at or untold)
        and copy.source == stored.source
        and not stored.also_in
        and (copy.title, copy.text) != (stored.title, stored.text)
        and copy.deleted_at is None
        and stored.deleted_at is None
    )
    return changed(copy, edited_at=copy.collected_at) if silent else copy


def _merge(a: Post, b: Post) -> Post:
    b = settle(b)
    content = max(a, b, key=_content_key)
    facts = max(a, b, key=_facts_key)
    first = min(a, b, key=lambda post: (post.first_seen_at or _NEVER, post.source))
    values: dict[str, Any] = {name: getattr(content, name) for name in _CONTENT}
    values |= {name: getattr(facts, name) for name in _FACTS}
    values |= {name: _least(getattr(a, name), getattr(b, name)) for name in _REFERENCES}
    values["other_references"] = _other_references(a, b, values)
    deleted_at = _least(a.deleted_at, b.deleted_at)
    merged = Post(
        id=a.id,
        platform=min(a.platform, b.platform),
        kind=min(a.kind, b.kind),
        source=first.source,
        also_in=tuple(sorted({a.source, b.source, *a.also_in, *b.also_in} - {first.source})),
        aliases=tuple(sorted({*a.aliases, *b.aliases} - {a.id})),
        created_at=min(a.created_at, b.created_at),
        first_seen_at=first.first_seen_at,
        collected_at=facts.collected_at,
        edited_at=content.edited_at,
        edits=_edits(a.edits, b.edits) if a.edits or b.edits else (),
        deleted_at=deleted_at,
        **values,
    )
    return merged if deleted_at is None else _emptied(merged, deleted_at)


def _content_key(post: Post) -> tuple[datetime, bytes]:
    return (post.edited_at or _NEVER, _bytes([getattr(post, name) for name in _CONTENT]))


def _facts_key(post: Post) -> tuple[bool, bool, datetime, bytes]:
    return (
        post.author is not None,
        post.metrics != Metrics(),
        post.collected_at,
        _bytes([getattr(post, name) for name in _FACTS]),
    )


def _other_references(a: Post, b: Post, chosen: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the two copies call the posts they point to, but for the names that were chosen."""
    called = {*a.other_references, *b.other_references}
    called.update((name, ref) for post in (a, b) for name in POINTING if (ref := getattr(post, name)))
    return tuple(sorted(pair for pair in called if pair[0] in POINTING and chosen[pair[0]] != pair[1]))


def _edits(*told: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The newest of all earlier wordings; where a moment is told twice, the same one always wins."""
    by_moment: dict[datetime, Edit] = {}
    for edit in chain(*told):
        by_moment[edit.at] = max(edit, by_moment.get(edit.at, edit), key=_bytes)
    return tuple(by_moment[at] for at in sorted(by_moment)[-MAX_EDITS:])


def _least(a: Any, b: Any) -> Any:
    return min((value for value in (a, b) if value is not None), default=None)


def _emptied(post: Post, deleted_at: datetime) -> Post:
    """What stays of a deleted post: that it was, where it was seen, and that it is gone."""
    return Post(
        id=post.id,
        platform=post.platform,
        kind=post.kind,
        source=post.source,
        also_in=post.also_in,
        aliases=post.aliases,
        created_at=post.created_at,
        first_seen_at=post.first_seen_at,
        # The moment of a copy would depend on which copies came before the deletion.
        collected_at=deleted_at,
        deleted_at=deleted_at,
    )
