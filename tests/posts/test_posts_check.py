"""What keeps a post out: names that no engine can look up, whatever field they stand in."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from posts.errors import RecordError
from posts.post import MAX_ID_BYTES, Author, Mentioned, Post, check

AT = datetime(2026, 11, 1, tzinfo=UTC)
POST = Post(id="x:h:1", platform="x", kind="text", source="s", created_at=AT, collected_at=AT)
LONG = "ب" * (MAX_ID_BYTES // 2 + 1)


@pytest.mark.parametrize("key", [LONG, " ", "\t"], ids=["too long", "blank", "tab"])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("id", lambda key: {"id": key}),
        ("platform", lambda key: {"platform": key}),
        ("source", lambda key: {"source": key}),
        ("author.key", lambda key: {"author": Author(key=key)}),
        ("aliases", lambda key: {"aliases": ("x:h:2", key)}),
        ("also_in", lambda key: {"also_in": (key,)}),
        ("mentioned.key", lambda key: {"mentioned": (Mentioned(key=key),)}),
        ("reply_to", lambda key: {"reply_to": key}),
        ("quote_of_author", lambda key: {"quote_of_author": key}),
        ("reply_to", lambda key: {"other_references": (("reply_to", key),)}),
        ("conversation", lambda key: {"conversation": key}),
        ("forwarded_from", lambda key: {"forwarded_from": key}),
    ],
)
def test_a_name_that_cannot_be_looked_up_is_refused(name: str, place: Any, key: str) -> None:
    """The reason names the field; elsewhere one such name would stop every later search."""
    with pytest.raises(RecordError) as refused:
        check(replace(POST, **place(key)), now=AT)

    assert refused.value.message == f"{name}: must have 1 to 512 bytes"


def test_names_may_be_as_long_as_engines_take() -> None:
    """512 bytes of UTF-8, also in two-byte letters."""
    key = "ب" * (MAX_ID_BYTES // 2)

    assert check(replace(POST, id=key, author=Author(key=key)), now=AT).id == key


def test_an_id_is_one_line() -> None:
    """The journal has one id a line."""
    with pytest.raises(RecordError, match="line break"):
        check(replace(POST, id="x:h:1\nx:h:2"), now=AT)
