"""Rasad's own lines of JSON: what ``export`` writes comes in again, whole posts and the short form alike.

A line with ``collected_at``, ``kind`` and an author with a key is a whole record; a short one needs id,
platform, created_at and a text or title. Its author is a handle, or an object with handle, name and
followers; an export has more of it in fields beside (``author_key``), and of the post too. A line that is
no post is a value with its number and the reason: the others come in all the same.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, cast, get_args

import msgspec

from config.platforms import PLATFORMS
from crawlers.pages.entries import language_of
from crawlers.pages.fields import Fields, shown
from crawlers.pages.text import clean_name, web_address
from posts.clean import clean
from posts.errors import RecordError
from posts.people import author_key
from posts.post import METRICS, Author, Edit, Kind, Link, Media, Mentioned, Metrics, Poll, Post, check, decode

READ_AGAIN: Final = (
    "sentiment", "sentiment_score", "emotions", "intents", "purposes", "actions", "names", "noise", "copy_of",
)  # fmt: skip
LONGEST: Final = 4 * 2**20
"""Bytes of a line; a longer one is refused and passed over."""
PAYLOAD: Final = 200_000
"""Bytes of a refused line that are kept."""
KINDS: Final = frozenset(get_args(Kind))
_json = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that gives no post: its number from 1, and why."""

    number: int
    reason: str
    payload: str = ""

    @property
    def subject(self) -> str:
        return f"line {self.number}"


def read(
    path: Path, source: str, *, now: datetime | None = None, unread: Counter[str] | None = None
) -> Iterator[Post | BadLine]:
    """The posts of a file (packed if its name ends with ``.gz``) under this source, and its bad lines.

    An empty ``source`` leaves to each record the source that it names. ``unread`` counts the fields of
    short records that this version does not know.
    """
    at = now or datetime.now(UTC)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as opened:
        file = cast(IO[bytes], opened)
        number = 0
        while True:
            number += 1
            try:
                line = file.readline(LONGEST + 1)
            except (OSError, EOFError) as error:
                yield BadLine(
                    number=number, reason=f"the file cannot be read from here ({shown(str(error))})"
                )
                return
            if not line:
                return
            if len(line) > LONGEST:
                _pass_over(file)
                yield BadLine(number=number, reason=f"longer than {LONGEST // 2**20} MiB")
            elif line.strip(b"\xef\xbb\xbf \t\r\n"):
                yield _post(line.removeprefix(b"\xef\xbb\xbf"), number, source, at, unread)


def _pass_over(file: IO[bytes]) -> None:
    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
        pass


def _post(line: bytes, number: int, source: str, at: datetime, unread: Counter[str] | None) -> Post | BadLine:
    try:
        return check(clean(parse(line, source, at=at, unread=unread)), now=at)
    except RecordError as error:
        payload = line[:PAYLOAD].decode("utf-8", "replace").strip()
        return BadLine(number=number, reason=error.message, payload=payload)


def parse(line: bytes, source: str, *, at: datetime, unread: Counter[str] | None = None) -> Post:
    """The post of one line; ``RecordError`` says what is wrong with it."""
    try:
        value = _json.decode(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not JSON ({shown(str(error))})") from error
    if isinstance(value, dict) and {"collected_at", "kind"} <= value.keys() and not _is_flat(value):
        post = decode(line)
        return replace(post, source=source or post.source, annotations=None, run_id=None)
    return _short(Fields(value, "post"), source, at, unread)


def _short(fields: Fields, source: str, at: datetime, unread: Counter[str] | None) -> Post:
    platform = clean_name(fields.needed_text("platform")).lower()
    post_id = fields.identifier("id")
    created_at = fields.moment("created_at")
    if post_id is None or created_at is None:
        raise RecordError(f"post.{'id' if post_id is None else 'created_at'}: missing")
    named = fields.text("source")
    title, text = fields.text("title"), fields.text("text")
    beside = _beside(fields)
    # What was read in a post is read again where it comes to.
    for name in READ_AGAIN:
        fields.take(name)
    # What a project exported need not say anything: a picture is a post too.
    if not (title or text or fields.peek("repost_of") or fields.peek("author_key")):
        raise RecordError("post.text: missing")
    host = (
        post_id.split(":")[1] if post_id.startswith(f"{platform}:") and post_id.count(":") > 1 else platform
    )
    post = Post(
        id=post_id,
        platform=platform,
        kind=_kind(fields.text("kind"), platform),
        source=source or clean_name(named or "") or "import",
        created_at=created_at,
        collected_at=fields.moment("collected_at") or at,
        edited_at=fields.moment("edited_at"),
        author=_author(fields, platform, host),
        url=web_address(fields.take("url")),
        title=title,
        text=text or "",
        language=language_of(fields.take("language")),
        hashtags=_hashtags(fields.list("hashtags")),
        links=_links(fields),
        reply_to=fields.identifier("reply_to"),
        repost_of=fields.identifier("repost_of"),
        quote_of=fields.identifier("quote_of"),
        metrics=_metrics(fields),
        **beside,
    )
    if unread is not None:
        unread.update(fields.left(()))
    return post


def _is_flat(value: dict[str, Any]) -> bool:
    """Whether the author stands in fields beside the text, as in an export; there may be none."""
    return isinstance(value.get("author"), str) or "author_key" in value


class _Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What an export tells beside the text, as the record has it."""

    aliases: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    mentioned: tuple[Mentioned, ...] = ()
    media: tuple[Media, ...] = ()
    poll: Poll | None = None
    format: str | None = None
    forwarded_from: str | None = None
    conversation: str | None = None
    first_seen_at: datetime | None = None
    reply_to_author: str | None = None
    repost_of_author: str | None = None
    quote_of_author: str | None = None
    other_references: tuple[tuple[str, str], ...] = ()


def _beside(fields: Fields) -> dict[str, Any]:
    told = {name: fields.take(name) for name in _Beside.__struct_fields__}
    try:
        found = msgspec.convert({name: value for name, value in told.items() if value is not None}, _Beside)
    except msgspec.ValidationError as error:
        raise RecordError(f"post: {error}") from error
    return msgspec.structs.asdict(found)


def _links(fields: Fields) -> tuple[Link, ...]:
    titles = fields.take("link_titles")
    titles = titles if isinstance(titles, dict) else {}
    found = {}
    for link in fields.list("links"):
        told = link if isinstance(link, dict) else {"url": link, "title": titles.get(str(link))}
        url, title = web_address(told.get("url")), told.get("title")
        if url is not None:
            found[url] = Link(url=url, title=title if isinstance(title, str) else None)
    return tuple(found.values())


def _kind(kind: str | None, platform: str) -> Kind:
    if kind is None:
        return PLATFORMS[platform].kind if platform in PLATFORMS else "text"
    if kind not in KINDS:
        raise RecordError(f"post.kind: {shown(kind)} is none of {', '.join(sorted(KINDS))}")
    return kind  # type: ignore[return-value]


def _author(fields: Fields, platform: str, host: str) -> Author | None:
    value = fields.take("author")
    name, followers = fields.text("author_name"), fields.count("followers")
    flat = {"key": fields.take("author_key"), "url": fields.take("author_url")}
    flat |= {name: fields.take(name) for name in ("verified", "bot")}
    if value is None and flat["key"] is None:
        return None
    if value is None or isinstance(value, str):
        value = {**flat, "handle": value}
    person = Fields(value, "author")
    handle = clean_name(person.text("handle") or "").lstrip("@")
    key = person.text("key")
    if not handle and not key:
        raise RecordError("author.handle: missing")
    own, _, home = handle.partition("@")
    told = person.count("followers")
    return Author(
        key=clean_name(key).lower() if key else author_key(platform, home or host, own),
        handle=handle or None,
        name=clean_name(person.text("name") or name or "") or None,
        url=web_address(person.take("url")),
        followers=followers if told is None else told,
        verified=person.flag("verified"),
        bot=person.flag("bot"),
    )


def _hashtags(tags: list[Any]) -> tuple[str, ...]:
    names = (clean_name(tag).lstrip("#") for tag in tags if isinstance(tag, str))
    return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= 100))[:100]


def _metrics(fields: Fields) -> Metrics:
    """Counts in an object ``metrics`` or beside the text."""
    inside = fields.take("metrics")
    told = Fields({} if inside is None else inside, "metrics")
    reactions = fields.take("reactions") or told.take("reactions")
    beside = {name: fields.count(name) for name in METRICS}
    counts = {name: told.count(name) if name in told else beside[name] for name in METRICS}
    try:
        return msgspec.convert({**counts, "reactions": reactions}, Metrics)
    except msgspec.ValidationError as error:
        raise RecordError(f"metrics: {error}") from error
