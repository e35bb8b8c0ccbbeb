"""Documents as both engines take them, and the reasons why others are refused.

Nearly all are what they should be, which a compiled type of their collection tells at once. The slow
way mends what can be mended and has the words for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from posts.errors import RecordError
from posts.post import MAX_ID_BYTES
from store.mapping import FIELDS, MAX_KEYWORD, MAX_TOKEN, WHEN, FieldType, epoch, searchable
from store.protocol import Collection, Document, Refusal

_LARGEST: Final = 2**63 - 1


class Sound(NamedTuple):
    """A document that can be stored, its JSON, and it again without keywords too long to be searched."""

    document: Document
    json: bytes
    searched: Document


def sound(collection: Collection, documents: Iterable[Document]) -> tuple[dict[str, Sound], list[Refusal]]:
    """The documents by id, of two with one id the later, and refusals of those that are none."""
    shape, dates = _SHAPES[collection], _DATES[collection]
    found: dict[str, Sound] = {}
    refused = []
    for document in documents:
        try:
            json = _encode(_convert(document, shape))
            for name in dates:
                if name in document:
                    epoch(document[name])
            if "text" in document and _is_long(document["text"]):
                raise ValueError(document["text"])
            made = Sound(document, json, document)
        except _UNUSUAL:
            try:
                made = _mended(collection, document)
            except RecordError as error:
                refused.append(Refusal(id=str(document.get("id", "")), reason=error.message))
                continue
        identity = made.document["id"]
        # Out of its old place: of two copies in one batch the later counts.
        found.pop(identity, None)
        found[identity] = made
    return found, refused


def checked(collection: Collection, document: Mapping[str, Any]) -> Document:
    """The document as it is stored: without unset fields, dates as ``2026-11-23T08:00:00Z``.

    ``RecordError`` names a field that is not in the mapping, or the wrong type of a value.
    """
    fields = FIELDS[collection]
    stored: Document = {}
    for name, value in document.items():
        if value is None or value == [] or value == ():
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


def _shape(collection: Collection) -> type[msgspec.Struct]:
    """The type of a document that needs no mending and whose keywords can all be searched."""
    # A keyword of so many code points is searchable, whatever they are.
    keyword = Annotated[str, msgspec.Meta(max_length=MAX_KEYWORD // 2)]
    kinds: dict[str, Any] = {
        "keyword": keyword,
        "integer": Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)],
        **dict.fromkeys(("text", "date", "kept"), str),
    }
    kinds = {name: kind | msgspec.UnsetType for name, kind in kinds.items()}
    many = Annotated[list[keyword], msgspec.Meta(min_length=1)] | msgspec.UnsetType
    fields: list[Any] = []
    for name, field in FIELDS[collection].items():
        if name == "id":
            # Of four bytes each at the most.
            fields.append((name, Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID_BYTES // 4)]))
        elif name == WHEN[collection]:
            fields.append((name, str))
        else:
            fields.append((name, many if field.many else kinds[field.type], msgspec.UNSET))
    return msgspec.defstruct(
        f"_{collection.title()}", fields, kw_only=True, forbid_unknown_fields=True, gc=False
    )


_UNUSUAL: Final = (msgspec.ValidationError, ValueError, TypeError, KeyError)
_SHAPES: Final = {collection: _shape(collection) for collection in FIELDS}
_DATES: Final = {
    collection: tuple(name for name, field in fields.items() if field.type == "date")
    for collection, fields in FIELDS.items()
}
_convert: Final = msgspec.convert
_encode: Final = msgspec.json.Encoder().encode


def _mended(collection: Collection, document: Mapping[str, Any]) -> Sound:
    """An unusual document, if it can be mended."""
    stored = checked(collection, document)
    searched = {}
    for name, value in stored.items():
        if FIELDS[collection][name].type == "keyword":
            if isinstance(value, list):
                value = [each for each in value if searchable(each)]
            elif not searchable(value):
                continue
        searched[name] = value
    return Sound(stored, _encode(stored), searched)


def _checked_value(name: str, field: FieldType, value: Any, document: Mapping[str, Any]) -> Any:
    if field.many:
        values = [value] if isinstance(value, str) else list(value)
        if all(isinstance(v, str) for v in values):
            return [_whole(v) for v in values]
    elif field.type == "date":
        if isinstance(value, str | datetime):
            return _date_text(name, value, subject=_id(document))
    elif field.type == "integer":
        if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
            return value
    elif isinstance(value, str):
        return _indexed_text(value) if field.type == "text" else _whole(value)
    raise RecordError(
        f"{name}: {type(value).__name__} {str(value)[:60]!r} is no {field.type}", subject=_id(document)
    )


def _date_text(name: str, value: str | datetime, *, subject: str) -> str:
    """A moment to the whole second, in UTC; ``RecordError`` if it has no time zone or is none."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError as error:
        raise RecordError(f"{name}: {str(value)[:60]!r} is no date", subject=subject) from error
    if moment.tzinfo is None:
        raise RecordError(f"{name}: {moment.isoformat()} has no time zone", subject=subject)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _indexed_text(text: str) -> str:
    """Tokens joined by single spaces, none longer than both engines index whole."""
    return " ".join(token[:MAX_TOKEN] for token in _whole(text).split())


def _is_long(text: str) -> bool:
    """Whether a token is longer than both engines index whole."""
    start = 0
    while len(text) - start > MAX_TOKEN:
        start = text.rfind(" ", start, start + MAX_TOKEN + 1) + 1
        if not start:
            return True
    return False


def _whole(text: str) -> str:
    """The text without lone surrogates, which neither engine can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _id(document: Mapping[str, Any]) -> str:
    return str(document.get("id", "?"))[:80]
