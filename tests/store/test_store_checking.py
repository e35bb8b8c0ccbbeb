"""Documents are stored alike whether they pass at once or are looked at part by part."""

from typing import Any

import msgspec
import pytest

from posts.errors import RecordError
from store.checking import checked, sound
from store.mapping import MAX_TOKEN

POST = {"id": "x:h:1", "n": 7, "platform": "x", "created_at": "2026-11-01T08:00:00Z", "source": ["s"]}


def only(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is kept of the one document, and what of it can be searched."""
    found, refused = sound("posts", [document])
    assert not refused
    (made,) = found.values()
    searched: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made.searched))
    return msgspec.json.decode(made.json), searched


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="plain"),
        pytest.param(
            {"text": "خبر خوب", "likes": 2**63 - 1, "hashtags": ["خبر", "b"]}, id="Persian: good news"
        ),
        pytest.param({"text": "a" * MAX_TOKEN + " b"}, id="longest token"),
        pytest.param({"text": ""}, id="no words"),
    ],
)
def test_what_is_as_it_should_be_stays_as_it_is(changes: dict[str, Any]) -> None:
    """A sound document is stored unchanged, as the slow way stores it."""
    document = POST | changes
    assert only(document) == (document, document)
    assert checked("posts", document) == document


@pytest.mark.parametrize(
    ("changes", "stored"),
    [
        pytest.param({"likes": None, "hashtags": []}, {}, id="unset"),
        pytest.param({"source": "s"}, {}, id="one for many"),
        pytest.param({"source": ("s",)}, {"source": ["s"]}, id="tuple"),
        pytest.param({"created_at": "2026-11-01T11:30:00+03:30"}, {}, id="other time zone"),
        pytest.param(
            {"text": "a" * (MAX_TOKEN + 1) + " b"}, {"text": "a" * MAX_TOKEN + " b"}, id="long token"
        ),
        pytest.param({"kind": "a\ud800"}, {"kind": "a?"}, id="half a surrogate pair"),
    ],
)
def test_what_can_be_mended_is_stored_mended(changes: dict[str, Any], stored: dict[str, Any]) -> None:
    """Unset fields go, dates come into one form, tokens are cut, texts can be written."""
    assert only(POST | changes) == (POST | stored, POST | stored)


def test_a_keyword_too_long_is_kept_and_not_searched() -> None:
    """Both engines keep it with the document and do not index it."""
    document, searched = only(
        POST | {"author": "a" * 513, "mentions": ["b", "c" * 513], "handle": ["d" * 512]}
    )
    assert len(document["author"]) == 513
    assert "author" not in searched
    assert searched["mentions"] == ["b"]
    assert searched["handle"] == ["d" * 512]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"stranger": 1}, "stranger: no field of posts", id="stranger"),
        pytest.param({"likes": True}, "likes: bool 'True' is no integer", id="truth"),
        pytest.param({"likes": 2**63}, "is no integer", id="too large"),
        pytest.param({"likes": 1.0}, "is no integer", id="fraction"),
        pytest.param({"source": [1]}, "is no keyword", id="number for text"),
        pytest.param({"created_at": "2026-02-30T08:00:00Z"}, "is no date", id="no such day"),
        pytest.param({"created_at": "2026-02-03 08:00:00"}, "no time zone", id="no time zone"),
        pytest.param({"created_at": None}, "created_at: is missing", id="undated"),
        pytest.param({"id": ""}, "id: must have", id="empty id"),
        pytest.param({"id": "آ" * 257}, "id: must have", id="id of more bytes than are taken"),
        pytest.param({"id": 5}, "is no keyword", id="no text for id"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    """The reason names the field and the value; the others of the batch are taken."""
    found, (refusal,) = sound("posts", [POST | {"id": "x:h:2"}, POST | changes])
    assert reason in refusal.reason
    assert list(found) == ["x:h:2"]
    with pytest.raises(RecordError):
        checked("posts", POST | changes)


def test_of_two_copies_the_later_counts_in_its_place() -> None:
    """A batch may hold a document twice."""
    found, _ = sound("posts", [POST, POST | {"id": "x:h:2"}, POST | {"likes": 3}])
    assert list(found) == ["x:h:2", "x:h:1"]
    assert found["x:h:1"].document["likes"] == 3
