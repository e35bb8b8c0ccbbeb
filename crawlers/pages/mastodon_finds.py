"""Statuses of Mastodon's API that do not stand in a timeline: found, answered, asked for one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from crawlers.pages.fields import Reading, kind_of, read_json
from crawlers.pages.mastodon import parse_statuses
from crawlers.pages.mastodon_ids import by_age, local_id_of
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.mastodon_server import host_of
from posts.errors import NotUnderstood

_ID: Final = r"(?P<id>[0-9A-Za-z_-]{1,64})"
_OWN_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?:/web|/deck)?/@[^/@]+(?:@[^/@]+)?/(?:statuses/)?{_ID}",
        rf"(?:/web)?/statuses/{_ID}",
        rf"/users/[^/]+/statuses/{_ID}",
        rf"/notice/{_ID}",
        rf"/p/[^/]+/{_ID}",
    )
)
"""Addresses in which a server writes its own id of a post: Mastodon and GoToSocial, Pleroma, Pixelfed."""


def id_in_address(address: str, *, server: str) -> str | None:
    """The id that ``server`` has for the post at ``address``, where the address is one of its own.

    >>> id_in_address("https://a.example/@sara/117", server="https://a.example")
    '117'
    """
    try:
        if host_of(address) != host_of(server):
            return None
        path = unquote(urlsplit(address).path).rstrip("/")
    except ValueError:
        return None
    found = next(filter(None, (form.fullmatch(path) for form in _OWN_FORMS)), None)
    return None if found is None else found["id"]


def read_found(body: bytes, seen: Seen, *, above: str | None = None) -> Reading:
    """The posts that ``/api/v2/search`` found, those newer than ``above``; accounts and tags are not kept."""
    answer = _answer(body, seen)
    statuses = answer.get("statuses") if isinstance(answer, dict) else None
    if not isinstance(statuses, list):
        raise NotUnderstood(f"results were expected, not {kind_of(answer)}", subject=seen.source)
    if above is not None:
        statuses = [s for s in statuses if (i := local_id_of(s)) is None or by_age(i) > by_age(above)]
    return parse_statuses(statuses, seen)


def found_id(body: bytes, seen: Seen) -> str | None:
    """The id of the first post that a search for an address gave; ``None`` if it gave none."""
    answer = _answer(body, seen)
    statuses = answer.get("statuses") if isinstance(answer, dict) else None
    if not isinstance(statuses, list):
        raise NotUnderstood(f"results were expected, not {kind_of(answer)}", subject=seen.source)
    return local_id_of(statuses[0]) if statuses else None


def read_status(body: bytes, seen: Seen) -> Reading:
    """A single post."""
    answer = _answer(body, seen)
    if not isinstance(answer, dict):
        raise NotUnderstood(f"a status was expected, not {kind_of(answer)}", subject=seen.source)
    return parse_statuses([answer], seen)


def read_context(body: bytes, seen: Seen) -> tuple[Reading, int]:
    """The posts above and below one, and how many of them stand below."""
    answer = _answer(body, seen)
    parts = [answer.get(name) for name in ("ancestors", "descendants")] if isinstance(answer, dict) else []
    lists = [part for part in parts if isinstance(part, list)]
    if len(lists) != 2:
        raise NotUnderstood(f"a thread was expected, not {kind_of(answer)}", subject=seen.source)
    above, below = lists
    return parse_statuses([*above, *below], seen), len(below)


def not_kept(reading: Reading, asked: Sequence[str]) -> frozenset[str]:
    """Which of the posts that were asked for are there and not to be kept: no longer public, opted out."""
    unreadable = {item.subject for item in reading.unreadable}
    kept = set(reading.refs.values())
    return frozenset(i for i in asked if i in reading.local_ids and i not in kept and i not in unreadable)


def _answer(body: bytes, seen: Seen) -> Any:
    answer = read_json(body, subject=seen.source)
    if isinstance(answer, dict) and isinstance(answer.get("error"), str):
        raise NotUnderstood(
            f"the server answered with an error: {answer['error'][:200]}", subject=seen.source
        )
    return answer
