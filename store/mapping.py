"""What the engines keep of posts, and beside them: one mapping for both.

Fields are strict: a document with another field, or a value of another type, is refused. Dates are kept
to the whole second in both engines, so that ranges, sorting and columns agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from store.protocol import Collection

SCHEMA_VERSION: Final = 4
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
        keyword="id platform kind format author language sentiment reply_to repost_of quote_of conversation"
        " reply_to_author repost_of_author quote_of_author copy_of",
        keywords="aliases unresolved source handle hashtags mentions handles links written domains entities"
        " intents is has emotions purposes actions noise emoji also bands readers",
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
        keyword="id post_id tag author platform language",
        keywords="source written",
        integer="post_n tag_n author_n hour",
        date="created_at",
    ),
    "metrics": _fields(
        keyword="id post_id platform author",
        keywords="hashtags",
        integer="post_n likes comments shares quotes views d_likes d_comments d_shares d_quotes d_views dt_s",
        date="at",
    ),
    "accounts": _fields(
        keyword="id author platform handle",
        integer="author_n followers d_followers dt_s following posts",
        date="at",
    ),
    "matches": _fields(
        keyword="id query post_id author platform language reason",
        keywords="source",
        integer="query_n post_n author_n",
        date="created_at at",
    ),
}

WHEN: Final[Mapping[Collection, str]] = {
    "posts": "created_at",
    "edges": "created_at",
    "uses": "created_at",
    "metrics": "at",
    "accounts": "at",
    "matches": "created_at",
}
"""The date that never changes of a document: it names the month that an Elasticsearch keeps it in."""

COLLECTIONS: Final = tuple(FIELDS)


@lru_cache(maxsize=65_536)  # a post and its rows share their date
def epoch(moment: str) -> int:
    """Epoch seconds of a date as documents hold it, ``ValueError`` for another."""
    if len(moment) != 20 or moment[7::3] != "-T::Z":
        raise ValueError(moment)
    return int(datetime.fromisoformat(moment).timestamp())


def searchable(keyword: str) -> bool:
    """Whether the engines index this keyword, or only keep it because it is too long."""
    return len(keyword) * 2 <= MAX_KEYWORD or len(keyword.encode("utf-16-le")) // 2 <= MAX_KEYWORD


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
