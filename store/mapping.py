"""What the engines keep of a post, its edges, its hashtag uses and its counts: one mapping for both.

Fields are strict: a document with another field, or a value of another type, is refused. Dates are kept
to the whole second in both engines, so that ranges, sorting and columns agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from posts.errors import RecordError
from posts.post import MAX_ID_BYTES
from store.protocol import Collection, Document

SCHEMA_VERSION: Final = 1
"""Changes whenever the fields below, or what is indexed of them, change."""

MAX_KEYWORD: Final = 512
"""UTF-16 units of the longest keyword that can be searched for; a longer one is only kept."""
MAX_TOKEN: Final = 120
"""Code points of the longest searchable token: Lucene cuts at 255 UTF-16 units, Tantivy elsewhere."""

Type = Literal["keyword", "text", "integer", "date", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """How a field is indexed. ``kept`` is returned with the document, and that is all.

    ``text`` holds folded tokens joined by single spaces.
    """

    type: Type
    many: bool = False


def _fields(
    keyword: str = "", keywords: str = "", integer: str = "", date: str = "", text: str = "", kept: str = ""
) -> dict[str, FieldType]:
    fields = {name: FieldType(type="keyword") for name in keyword.split()}
    fields |= {name: FieldType(type="keyword", many=True) for name in keywords.split()}
    fields |= {name: FieldType(type="integer") for name in integer.split()}
    fields |= {name: FieldType(type="date") for name in date.split()}
    fields |= {name: FieldType(type="text") for name in text.split()}
    return fields | {name: FieldType(type="kept") for name in kept.split()}


FIELDS: Final[Mapping[Collection, Mapping[str, FieldType]]] = {
    "posts": _fields(
        keyword="id platform kind author language reply_to repost_of quote_of conversation"
        " reply_to_author repost_of_author quote_of_author",
        keywords="aliases unresolved source handle hashtags mentions handles domains entities is has",
        integer="n author_n followers likes comments shares quotes views hour",
        date="created_at collected_at",
        text="text",
        kept="post",
    ),
    "edges": _fields(
        keyword="id kind src dst post_id target platform language",
        keywords="source",
        integer="kind_n src_n dst_n post_n target_n",
        date="created_at",
    ),
    "uses": _fields(
        keyword="id post_id tag written author platform language",
        keywords="source",
        integer="post_n tag_n author_n hour",
        date="created_at",
    ),
    "metrics": _fields(
        keyword="id post_id platform author",
        keywords="hashtags",
        integer="post_n likes comments shares quotes views d_likes d_comments d_shares d_quotes d_views dt_s",
        date="at",
    ),
}

WHEN: Final[Mapping[Collection, str]] = {
    "posts": "created_at",
    "edges": "created_at",
    "uses": "created_at",
    "metrics": "at",
}
"""The date that never changes of a document: it names the month that an Elasticsearch keeps it in."""

COLLECTIONS: Final = tuple(FIELDS)

_LARGEST: Final = 2**63 - 1

_PLAIN: Final[Mapping[Collection, Mapping[str, type]]] = {
    collection: {
        name: int if field.type == "integer" else str
        for name, field in fields.items()
        if not field.many and field.type in ("keyword", "kept", "integer")
    }
    for collection, fields in FIELDS.items()
}
"""The type of values that are stored as they are: integers, and ASCII in single keywords."""
_MANY: Final[Mapping[Collection, frozenset[str]]] = {
    collection: frozenset(name for name, field in fields.items() if field.many)
    for collection, fields in FIELDS.items()
}


def checked(collection: Collection, document: Mapping[str, Any]) -> Document:
    """The document as it is stored: without unset fields, dates as ``2026-11-23T08:00:00Z``.

    ``RecordError`` names a field that is not in the mapping, or the wrong type of a value.
    """
    fields = FIELDS[collection]
    plain, many = _PLAIN[collection], _MANY[collection]
    stored: Document = {}
    for name, value in document.items():
        if value is None or value == [] or value == ():
            continue
        # Most values are what they should be; the slow way has the words for the others.
        kind = type(value)
        if plain.get(name) is kind:
            if kind is int:
                if -_LARGEST <= value <= _LARGEST:
                    stored[name] = value
                    continue
            elif value.isascii():
                stored[name] = value
                continue
        elif kind is list and name in many and _all_ascii(value):
            stored[name] = value
            continue
        field = fields.get(name)
        if field is None:
            raise RecordError(f"{name}: no field of {collection}", subject=_id(document))
        stored[name] = _checked_value(name, field, value, document)
    identity = stored.get("id")
    if not isinstance(identity, str) or not 1 <= len(identity.encode("utf-8", "replace")) <= MAX_ID_BYTES:
        raise RecordError(f"id: must have 1 to {MAX_ID_BYTES} bytes", subject=_id(document))
    if WHEN[collection] not in stored:
        raise RecordError(f"{WHEN[collection]}: is missing", subject=identity)
    return stored


def _all_ascii(values: list[Any]) -> bool:
    for value in values:  # noqa: SIM110  most lists have one part, for which a generator costs more
        if type(value) is not str or not value.isascii():
            return False
    return True


def _checked_value(name: str, field: FieldType, value: Any, document: Mapping[str, Any]) -> Any:
    if field.many:
        values = [value] if isinstance(value, str) else list(value)
        if all(isinstance(v, str) for v in values):
            return [_sound(v) for v in values]
    elif field.type == "date":
        if isinstance(value, str | datetime):
            return date_text(name, value, subject=_id(document))
    elif field.type == "integer":
        if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
            return value
    elif isinstance(value, str):
        return indexed_text(value) if field.type == "text" else _sound(value)
    raise RecordError(
        f"{name}: {type(value).__name__} {str(value)[:60]!r} is no {field.type}", subject=_id(document)
    )


def date_text(name: str, value: str | datetime, *, subject: str) -> str:
    """A moment to the whole second, in UTC; ``RecordError`` if it has no time zone or is none."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError as error:
        raise RecordError(f"{name}: {str(value)[:60]!r} is no date", subject=subject) from error
    if moment.tzinfo is None:
        raise RecordError(f"{name}: {moment.isoformat()} has no time zone", subject=subject)
    if isinstance(value, str) and len(value) == 20 and value[7::3] == "-T::Z":
        return value
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def indexed_text(text: str) -> str:
    """Tokens joined by single spaces, none longer than both engines index whole."""
    tokens = _sound(text).split()
    if max(map(len, tokens), default=0) > MAX_TOKEN:
        tokens = [token[:MAX_TOKEN] for token in tokens]
    return " ".join(tokens)


def epoch(moment: str) -> int:
    """Epoch seconds of a date as ``checked`` writes it."""
    return int(datetime.fromisoformat(moment).timestamp())


def searchable(keyword: str) -> bool:
    """Whether the engines index this keyword, or only keep it because it is too long."""
    return len(keyword) * 2 <= MAX_KEYWORD or len(keyword.encode("utf-16-le")) // 2 <= MAX_KEYWORD


def _sound(text: str) -> str:
    """The text without lone surrogates, which neither engine can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _id(document: Mapping[str, Any]) -> str:
    return str(document.get("id", "?"))[:80]


def elasticsearch_mapping(collection: Collection) -> dict[str, Any]:
    """The mapping of an index of this collection, with nothing dynamic."""
    kinds: dict[Type, dict[str, Any]] = {
        "keyword": {"type": "keyword", "ignore_above": MAX_KEYWORD},
        "text": {"type": "text", "analyzer": "whitespace"},
        "integer": {"type": "long"},
        "date": {"type": "date", "format": "strict_date_optional_time||epoch_millis"},
        "kept": {"type": "keyword", "index": False, "doc_values": False},
    }
    return {
        "dynamic": "strict",
        "_meta": {"schema": SCHEMA_VERSION},
        "properties": {name: kinds[field.type] for name, field in FIELDS[collection].items()},
    }
