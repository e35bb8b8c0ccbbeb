"""Keys of people: the same person under one key, and pseudonyms that cannot be guessed back.

A bare hash of a user name is guessed by trying names; a keyed one (HMAC-SHA256, the key in the
project's folder) is not, and deleting the key makes the data anonymous.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace

from posts.post import Author, Mentioned, Post

_AT_NAME = re.compile(r"(?<![\w@./])@([\w.\-]+(?:@[\w.\-]+\w)?)")


def author_key(platform: str, host: str, name: str) -> str:
    """The key of an author: ``"mastodon:example.org:sara"``, in lower case."""
    return f"{platform}:{host}:{name}".lower()


def pseudonym(key: str, *, secret: bytes) -> str:
    """``"<platform>:p-<16 hex digits>"`` for an author key or a post id, stable while ``secret`` is."""
    platform = key.split(":", 1)[0]
    digest = hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()
    return f"{platform}:p-{digest[:16]}"


def pseudonymise(post: Post, *, secret: bytes, keep: frozenset[str] = frozenset()) -> Post:
    """The post without anybody's name: keys, ids, addresses and names in the text are replaced.

    Authors whose key is in ``keep`` (the project's own and its rivals' accounts) stay as they are, and
    so do their posts' ids and addresses. Ids of others are replaced because the canonical address of a
    federated post contains the name.
    """

    def hide(key: str | None) -> str | None:
        return key if key is None or key in keep else pseudonym(key, secret=secret)

    def hide_id(value: str | None, written_by: str | None) -> str | None:
        return value if value is None or written_by in keep else pseudonym(value, secret=secret)

    own = post.author is not None and post.author.key in keep
    names = {m.handle.lower(): m.key for m in post.mentioned if m.handle}

    def hide_name(match: re.Match[str]) -> str:
        key = names.get(match[1].lower(), f"{post.platform}:{match[1].lower()}")
        return match[0] if key in keep else "@" + pseudonym(key, secret=secret).split(":", 1)[1]

    return replace(
        post,
        id=post.id if own else pseudonym(post.id, secret=secret),
        aliases=post.aliases if own else tuple(pseudonym(a, secret=secret) for a in post.aliases),
        author=post.author if own or post.author is None else _hidden(post.author, secret),
        url=post.url if own else None,
        text=_AT_NAME.sub(hide_name, post.text),
        title=None if post.title is None else _AT_NAME.sub(hide_name, post.title),
        mentioned=tuple(
            m if m.key in keep else Mentioned(key=pseudonym(m.key, secret=secret)) for m in post.mentioned
        ),
        conversation=hide_id(post.conversation, None),
        reply_to=hide_id(post.reply_to, post.reply_to_author),
        repost_of=hide_id(post.repost_of, post.repost_of_author),
        quote_of=hide_id(post.quote_of, post.quote_of_author),
        reply_to_author=hide(post.reply_to_author),
        repost_of_author=hide(post.repost_of_author),
        quote_of_author=hide(post.quote_of_author),
        forwarded_from=hide(post.forwarded_from),
    )


def _hidden(author: Author, secret: bytes) -> Author:
    return Author(
        key=pseudonym(author.key, secret=secret),
        followers=author.followers,
        verified=author.verified,
        bot=author.bot,
    )
