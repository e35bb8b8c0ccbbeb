"""Ids of Mastodon's API: those that a server gives, their order, and the one that is the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawlers.pages.fields import short
from crawlers.pages.mastodon_people import PLATFORM, Seen
from crawlers.pages.text import clean_name
from posts.errors import RecordError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(2016, 1, 1, tzinfo=UTC)
_PORTS = {"http": 80, "https": 443}


def local_id_of(status: object) -> str | None:
    """The id that its server gives a status, in one line."""
    local_id = status.get("id") if isinstance(status, dict) else None
    if isinstance(local_id, bool) or not isinstance(local_id, str | int):
        return None
    return clean_name(str(local_id))[:200] or None


def by_age(local_id: str) -> tuple[int, str]:
    """What ids of one server are ordered by: they are opaque, the longer is newer, then the later text."""
    return len(local_id), local_id


def newer(one: str | None, other: str | None) -> str | None:
    """The newer of two ids of one server."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=by_age)


def earlier(local_id: str, by: timedelta, *, now: datetime) -> str:
    """The id that its server would have given so much earlier; the same where ids hold no time.

    Mastodon's ids are milliseconds since 1970 and sixteen bits behind them.
    """
    if not local_id.isascii() or not local_id.isdigit() or len(local_id) > 19:
        return local_id
    moment = timedelta(milliseconds=int(local_id) >> 16)
    if not _FIRST <= _EPOCH + moment <= now + timedelta(days=1):
        return local_id
    return str((moment - by) // timedelta(milliseconds=1) << 16)


def post_id(uri: str | None, local_id: str | None, seen: Seen) -> str:
    """The canonical id: host and path of the ``uri``, the same through every server."""
    if uri is not None:
        try:
            parts = urlsplit(uri)
            host = _host(parts.scheme, parts.hostname, parts.port)
        except ValueError as error:
            raise RecordError(f"status.uri: {short(error)}") from error
        if host is not None:
            query = f"?{parts.query}" if parts.query else ""
            return f"{PLATFORM}:{host}:{parts.path.lstrip('/')}{query}"
        if uri.startswith("tag:"):
            # GNU social and old Mastodon: tag:example.org,2017-04-05:objectId=1:objectType=Status
            authority, _, rest = uri[4:].partition(":")
            return f"{PLATFORM}:{authority.split(',')[0].lower()}:{authority.partition(',')[2]}:{rest}"
    if local_id is None:
        raise RecordError("status.id: missing, and no uri either")
    return alias(local_id, seen)


def alias(local_id: str, seen: Seen) -> str:
    """The id under which one server knows a post."""
    return f"{PLATFORM}:{seen.server}:{local_id}"


def _host(scheme: str, name: str | None, port: int | None) -> str | None:
    if scheme not in _PORTS or not name:
        return None
    return name.lower() if port in (None, _PORTS[scheme]) else f"{name.lower()}:{port}"
