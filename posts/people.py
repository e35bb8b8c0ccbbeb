"""Keys of people: the same person under one key, and pseudonyms that cannot be guessed back.

A bare hash of a user name is guessed by trying names; a keyed one (HMAC-SHA256, the key in the
project's folder) is not, and deleting the key makes the data anonymous.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace

from posts.post import Author, Mentioned, Poll, Post
from posts.profile import Profile

_NAME = r"\w(?:[\w.+\-]*\w)?"
_SITES = r"(?:x|twitter|instagram|facebook|t|telegram|eitaa|ble|rubika)\.(?:com|me|ir)/(?:s/)?"
NAMED = re.compile(
    r"(?P<mail>(?<![\w.+\-@＠/])[A-Za-z0-9_.+\-]+(?=@[A-Za-z0-9\-]+\.[\w.\-]*\w))"
    rf"|[@＠](?P<name>{_NAME}(?:@[\w.\-]+\w)?)"
    rf"|/(?:users?|u|authors?|profiles?|people|accounts?|in)/(?P<path>{_NAME})"
    rf"|(?<![\w\-])(?:(?:www|m|mobile)\.)?{_SITES}(?P<page>{_NAME})",
    re.IGNORECASE,
)
"""Where texts and addresses name people: ``@sara``, ``@sara@example.org``, the name of a mail address,
``/@sara``, ``/users/sara``, and the pages of people on sites that put the name first."""
_VALUE = re.compile(r"(?<=: ).*(?= (?:is|has) )", re.DOTALL)


def author_key(platform: str, host: str, name: str) -> str:
    """The key of an author: ``"mastodon:example.org:sara"``, in lower case."""
    return f"{platform}:{host}:{name}".lower()


def pseudonym(key: str, *, secret: bytes) -> str:
    """``"<platform>:p-<16 hex digits>"`` for an author key or a post id, stable while ``secret`` is."""
    platform = key.split(":", 1)[0]
    digest = hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()
    return f"{platform}:p-{digest[:16]}"


def pseudonymise(post: Post, *, secret: bytes, keep: frozenset[str] = frozenset()) -> Post:
    """The post without anybody's name: keys, ids, addresses and names in its texts are replaced.

    Authors whose key is in ``keep`` (the project's own and its rivals' accounts) stay as they are, and so
    do their posts' ids, addresses and pictures' addresses (which servers make of display names); as
    aliases these posts have their pseudonyms too, for who answers them may not tell whom. Ids of others
    are replaced because the canonical address of a federated post contains the name.
    """

    def hide(key: str | None) -> str | None:
        return key if key is None or key in keep else pseudonym(key, secret=secret)

    def hide_id(value: str | None, written_by: str | None) -> str | None:
        return value if value is None or written_by in keep else pseudonym(value, secret=secret)

    said = _Speech(post, secret, keep)
    own = post.author is not None and post.author.key in keep
    hidden = tuple(pseudonym(name, secret=secret) for name in (post.id, *post.aliases))
    return replace(
        post,
        id=post.id if own else hidden[0],
        aliases=(*post.aliases, *hidden) if own else hidden[1:],
        author=post.author if own or post.author is None else _hidden(post.author, secret),
        url=post.url if own else None,
        text=said.hide(post.text),
        title=said.hide_any(post.title),
        edits=tuple(replace(e, text=said.hide(e.text), title=said.hide_any(e.title)) for e in post.edits),
        mentioned=tuple(
            m if m.key in keep else Mentioned(key=pseudonym(m.key, secret=secret)) for m in post.mentioned
        ),
        links=tuple(replace(k, url=said.hide(k.url), title=said.hide_card(k.title)) for k in post.links),
        media=tuple(replace(m, url=m.url if own else None, alt=said.hide_any(m.alt)) for m in post.media),
        poll=None if post.poll is None else _poll(post.poll, said),
        conversation=hide_id(post.conversation, None),
        reply_to=hide_id(post.reply_to, post.reply_to_author),
        repost_of=hide_id(post.repost_of, post.repost_of_author),
        quote_of=hide_id(post.quote_of, post.quote_of_author),
        other_references=tuple(
            (name, pseudonym(ref, secret=secret))
            if getattr(post, f"{name}_author", None) not in keep
            else (name, ref)
            for name, ref in post.other_references
        ),
        reply_to_author=hide(post.reply_to_author),
        repost_of_author=hide(post.repost_of_author),
        quote_of_author=hide(post.quote_of_author),
        forwarded_from=hide(post.forwarded_from),
    )


def pseudonymise_profile(profile: Profile, *, secret: bytes, keep: frozenset[str] = frozenset()) -> Profile:
    """The profile without a name, under the key that the account's posts have; counts stay."""
    if profile.key in keep:
        return profile
    return replace(profile, key=pseudonym(profile.key, secret=secret), handle=None, name=None)


def without_value(reason: str) -> str:
    """The reason of a dead letter without what stood there, which may be a name.

    >>> without_value("status.created_at: sara is not a time")
    'status.created_at: … is not a time'
    """
    return _VALUE.sub("…", reason, count=1)


class _Speech:
    """What a post says, without names. A name is replaced by the pseudonym of its person where the post
    tells who that is, so that it is the same everywhere."""

    def __init__(self, post: Post, secret: bytes, keep: frozenset[str]) -> None:
        self._platform, self._secret, self._keep = post.platform, secret, keep
        self._keys: dict[str, str] = {}
        for person in (post.author, *post.mentioned):
            if person is not None and person.handle:
                handle = person.handle.lower()
                self._keys.setdefault(handle.partition("@")[0], person.key)
                self._keys[handle] = person.key

    def hide(self, text: str) -> str:
        return NAMED.sub(self._replaced, text)

    def hide_any(self, text: str | None) -> str | None:
        return None if text is None else self.hide(text)

    def hide_card(self, title: str | None) -> str | None:
        """The title of a page, which for a person's page is the bare name."""
        if title is None:
            return None
        return re.sub(r"\w+", lambda word: self._word(word[0]), self.hide(title))

    def _word(self, word: str) -> str:
        key = self._keys.get(word.lower())
        if key is None or key in self._keep:
            return word
        return pseudonym(key, secret=self._secret).split(":", 1)[1]

    def _replaced(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        found = next(group for group in ("mail", "name", "path", "page") if groups[group] is not None)
        key = self._key(groups[found].lower())
        if key in self._keep:
            return match[0]
        before = match[0][: match.start(found) - match.start()]
        return before + pseudonym(key, secret=self._secret).split(":", 1)[1]

    def _key(self, name: str) -> str:
        own, _, host = name.partition("@")
        if name in self._keys:
            return self._keys[name]
        return author_key(self._platform, host, own) if host else f"{self._platform}:{own}"


def _poll(poll: Poll, said: _Speech) -> Poll:
    options = tuple(replace(option, title=said.hide(option.title)) for option in poll.options)
    return replace(poll, options=options)


def _hidden(author: Author, secret: bytes) -> Author:
    return Author(
        key=pseudonym(author.key, secret=secret),
        followers=author.followers,
        verified=author.verified,
        bot=author.bot,
    )
