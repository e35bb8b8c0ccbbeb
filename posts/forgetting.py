"""Posts of others without a person who is to be forgotten, and posts without their text.

Who is forgotten becomes nobody: mentions of them are taken out, who is answered or passed on is no longer
told, references to their posts lead to ``<platform>:forgotten``, so that an answer stays an answer, and
their name is taken out of texts and addresses where it is written as a name (``@sara``, ``/@sara``,
``/users/sara``). What people write about them in free words stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from posts.people import NAMED, author_key
from posts.post import Annotations, Poll, Post, changed

GONE: Final = "forgotten"
"""What stands in the place of a name."""
TEXTLESS: Final = "textless"
"""The key in ``Annotations.versions`` of a post whose text was taken out; ``Annotations`` may not be made
anew of such a post."""
_AUTHORS: Final = ("reply_to_author", "repost_of_author", "quote_of_author", "forwarded_from")
_POSTS: Final = ("reply_to", "repost_of", "quote_of")
_HOST: Final = re.compile(r"https?://([^/\s]+)/\S*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Who is forgotten: people (``person``), and ids and aliases of posts."""

    people: frozenset[str] = field(default_factory=frozenset)
    posts: frozenset[str] = field(default_factory=frozenset)

    def without(self, post: Post) -> Post:
        """The post of somebody else, with the forgotten taken out; the post itself if they are not in it."""
        changes: dict[str, Any] = {}
        if any(person(named.key) in self.people for named in post.mentioned):
            changes["mentioned"] = tuple(m for m in post.mentioned if person(m.key) not in self.people)
        for name in _AUTHORS:
            key = getattr(post, name)
            if key and person(key) in self.people:
                changes[name] = None
        gone = f"{post.platform}:{GONE}"
        for name in _POSTS:
            if getattr(post, name) in self.posts:
                changes[name] = gone
        if post.conversation in self.posts:
            changes["conversation"] = None
        others = tuple(pair for pair in post.other_references if pair[1] not in self.posts)
        if others != post.other_references:
            changes["other_references"] = others
        changes |= self._without_name(post)
        read = post.annotations
        if changes or (read is not None and read.copy_of in self.posts):
            return changed(post, annotations=None, **changes)
        return post

    def _without_name(self, post: Post) -> dict[str, Any]:
        """The texts and addresses of the post in which a forgotten name stands, without it."""
        if not self.people:
            return {}
        said = _Said(post, self.people)
        made: dict[str, Any] = {
            "text": said.hide(post.text),
            "title": said.hide_any(post.title),
            "edits": tuple(
                changed_part(e, text=said.hide(e.text), title=said.hide_any(e.title)) for e in post.edits
            ),
            "url": said.hide_any(post.url),
            "links": tuple(
                changed_part(link, url=said.hide(link.url), title=said.hide_any(link.title))
                for link in post.links
            ),
            "media": tuple(
                changed_part(m, url=said.hide_any(m.url), alt=said.hide_any(m.alt)) for m in post.media
            ),
            "poll": None if post.poll is None else _poll(post.poll, said),
        }
        return {name: value for name, value in made.items() if value != getattr(post, name)}


def people_of(post: Post) -> Iterator[str]:
    """Everybody whom a post tells of, its author first."""
    if post.author is not None:
        yield person(post.author.key)
    for named in post.mentioned:
        yield person(named.key)
    for name in _AUTHORS:
        key = getattr(post, name)
        if key:
            yield person(key)
    said = _Said(post, frozenset())
    for text in _texts(post):
        yield from (person(said.key(match)) for match in NAMED.finditer(text))


def person(key: str) -> str:
    """Who is meant by an author's key: host and name, which are the same on platforms that federate."""
    return key.partition(":")[2] or key


def _texts(post: Post) -> Iterator[str]:
    """All that a name may be written in."""
    found = [post.text, post.title, post.url]
    found += [text for edit in post.edits for text in (edit.text, edit.title)]
    found += [text for link in post.links for text in (link.url, link.title)]
    found += [text for part in post.media for text in (part.url, part.alt)]
    found += [option.title for option in post.poll.options] if post.poll is not None else []
    return (text for text in found if text and ("@" in text or "＠" in text or "/" in text))


def references_of(post: Post) -> Iterator[str]:
    """The ids of all posts that a post points to."""
    for name in (*_POSTS, "conversation"):
        ref = getattr(post, name)
        if ref:
            yield ref
    for _, ref in post.other_references:
        yield ref


def textless(post: Post) -> Post:
    """The post without what was written in it; what was counted, and what is counted by, stays.

    Gone are text, title, earlier wordings, descriptions, titles of links, the poll's answers, the author's
    name, the tokens and the sketch; hashtags, mentions, addresses, language and marks stay.
    """
    read = post.annotations or Annotations()
    kept = Annotations(
        hashtags=read.hashtags,
        mentions=read.mentions,
        links=read.links,
        entities=tuple(entity for entity in read.entities if entity.id),
        language=read.language,
        languages=read.languages,
        sentiment=read.sentiment,
        emotions=read.emotions,
        intents=read.intents,
        purposes=read.purposes,
        actions=read.actions,
        form=read.form,
        noise=read.noise,
        copy_of=read.copy_of,
        readers=read.readers,
        versions={**read.versions, TEXTLESS: "taken out"},
    )
    return changed(
        post,
        text="",
        title=None,
        edits=(),
        links=tuple(changed_part(link, title=None) for link in post.links),
        media=tuple(changed_part(part, alt=None) for part in post.media),
        poll=None if post.poll is None else _blank(post.poll),
        author=None if post.author is None else changed_part(post.author, name=None),
        annotations=kept,
    )


def is_textless(post: Post) -> bool:
    """Whether the text of a post was taken out by ``textless``."""
    return post.annotations is not None and TEXTLESS in post.annotations.versions


def changed_part(part: Any, **values: Any) -> Any:
    """The part of a post with some values changed; the same one if they are as they were."""
    return replace(part, **values) if any(getattr(part, n) != v for n, v in values.items()) else part


def _blank(poll: Poll) -> Poll:
    made: Poll = changed_part(poll, options=tuple(changed_part(o, title="") for o in poll.options))
    return made


def _poll(poll: Poll, said: _Said) -> Poll:
    options = tuple(changed_part(option, title=said.hide(option.title)) for option in poll.options)
    made: Poll = changed_part(poll, options=options)
    return made


class _Said:
    """What a post says, with forgotten names taken out of it."""

    def __init__(self, post: Post, people: Collection[str]) -> None:
        self._platform, self._people = post.platform, people
        parts = (post.author.key if post.author is not None else post.id).split(":")
        self._host = parts[1] if len(parts) > 2 else ""
        self._keys: dict[str, str] = {}
        for named in (post.author, *post.mentioned):
            if named is not None and named.handle:
                handle = named.handle.lower().lstrip("@")
                self._keys.setdefault(handle.partition("@")[0], named.key)
                self._keys[handle] = named.key
        for key in filter(None, (getattr(post, name) for name in _AUTHORS)):
            self._keys.setdefault(key.rpartition(":")[2], key)

    def hide(self, text: str) -> str:
        return NAMED.sub(self._replaced, text)

    def hide_any(self, text: str | None) -> str | None:
        return None if text is None else self.hide(text)

    def key(self, match: re.Match[str]) -> str:
        """The key of the person that is named here, as far as it can be told."""
        name = match[_group(match)].lower()
        own, _, host = name.partition("@")
        if not host:
            address = _HOST.search(match.string[: match.start(_group(match))].rstrip("@＠"))
            host = address[1].lower() if address else ""
        if host:
            return author_key(self._platform, host, own)
        return self._keys.get(name) or author_key(self._platform, self._host, own)

    def _replaced(self, match: re.Match[str]) -> str:
        group = _group(match)
        if person(self.key(match)) not in self._people:
            return match[0]
        begin, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match[0][:begin] + GONE + match[0][end:]


def _group(match: re.Match[str]) -> str:
    return next(group for group in ("mail", "name", "path", "page") if match[group] is not None)
