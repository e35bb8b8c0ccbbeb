"""JSON that is none, or that is not what it seems; first for any API, then for Mastodon's."""

from __future__ import annotations

import json
import random

from tests.hostile.platforms import page, status
from tests.hostile.server import End, says

NO_LIST = End("error", "a list of statuses was expected")
PARTIAL = "1 of 2 items could not be read"
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "T"}


def one_bad(name: str, reason: str, **changes: object) -> None:
    """One status with something wrong beside a good one: a dead letter, and the good one comes in."""
    says(
        f"status: {name}",
        page(status(2, **changes), status(1)),
        mastodon=End("partial", PARTIAL, got=1, letters=(reason,)),
    )


def all_good(name: str, *statuses: object, got: int) -> None:
    says(f"status: {name}", page(*statuses), mastodon=End("ok", got=got))


# What both read as text
says("empty", b"", feed=End("error", "empty answer"), mastodon=End("error", "an empty answer"))
says(
    "white space",
    b" \r\n\t " * 1000,
    feed=End("error", "empty answer"),
    mastodon=End("error", "an empty answer"),
)
says(
    "login page",
    b"<!DOCTYPE html><html><form action=/login>",
    headers={"Content_Type": "text/html"},
    feed=End("error", "an HTML page"),
    mastodon=End("error", "HTML or XML where JSON was expected"),
)
says(
    "picture",
    b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(5000),
    feed=End("error", "cannot be read"),
    mastodon=End("error", "JSON that cannot be read"),
)
says(
    "zeros",
    b"\x00" * 5000,
    feed=End("error", "cannot be read"),
    mastodon=End("error", "JSON that cannot be read"),
)
says(
    "deep arrays",
    b"[" * 100_000,
    feed=End("error", "cannot be read"),
    mastodon=End("error", "JSON that cannot be read"),
)
says(
    "deep objects",
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    feed=End("error", "cannot be read"),
    mastodon=End("error", "JSON that cannot be read"),
)
for _name, _body in {"number": b"42", "text": b'"posts"', "true": b"true", "null": b"null"}.items():
    says(f"root is {_name}", _body, feed=End("error"), mastodon=NO_LIST)
says("root is an object", b'{"posts": []}', feed=End("error", "no JSON Feed"), mastodon=NO_LIST)
says(
    "error with 200",
    b'{"error": "\\u001b[2JThis is \\r\\n2026-01-01 INFO all is well"}',
    feed=End("error", "no JSON Feed"),
    mastodon=End("error", "the server answered with an error"),
)
says(
    "cut JSON", page(*(status(n) for n in range(9)))[:-100], mastodon=End("error", "JSON that cannot be read")
)
says("JSON with a mark", b"\xef\xbb\xbf" + page(status()), mastodon=End("ok", got=1))
says("JSON in UTF-16", json.dumps([status()]).encode("utf-16"), mastodon=End("ok", got=1))
says("JSON in UTF-32", json.dumps([status()]).encode("utf-32"), mastodon=End("ok", got=1))
says("JSON in UTF-16 without a mark", json.dumps([status()]).encode("utf-16-le"), mastodon=End("ok", got=1))
says(
    "JSON under a wrong charset",
    json.dumps([status(content="سلام")], ensure_ascii=False),  # "hello"
    headers={"Content_Type": "application/json; charset=iso-8859-1"},
    mastodon=End("ok", got=1),
)
says(
    "JSON under no type",
    page(status()),
    headers={"Content_Type": "application/octet-stream"},
    mastodon=End("ok", got=1),
)
says(
    "the same key twice",
    page(status()).replace(b'"visibility": "public"', b'"visibility": "public", "visibility": "direct"'),
    mastodon=End("ok"),
)

# What a list holds
says(
    "list of lists",
    page([], [[]], []),
    mastodon=End("partial", "3 of 3 items", letters=("an object was expected",)),
)
says(
    "list of everything",
    page(None, True, 7, "x", {}),
    mastodon=End("partial", "5 of 5 items", letters=("an object was expected", "status.visibility: missing")),
)
says(
    "statuses: 5,000",
    page(*(status(n) for n in range(5_000, 0, -1))),
    headers={"Link": '</x>; rel="prev"'},
    mastodon=End("ok", got=5_000),
)

# One status
one_bad("not a number", "is not a count", favourites_count=float("nan"))
one_bad("infinite", "is not a count", replies_count=float("inf"))
one_bad("a count of 5,000 digits", "is not a count", reblogs_count="9" * 5000)
one_bad("a negative count", "-1 is not a count", favourites_count=-1)
one_bad("half a count", "1.5 is not a count", favourites_count=1.5)
one_bad("a count that is true", "is not a count", favourites_count=True)
one_bad("seconds for a date", "is not a time", created_at=1740816000)
one_bad("the year 0", "is not a time", created_at="0000-01-01T00:00:00Z")
one_bad("the year 1403", "2000-01-01", created_at="1403-12-11T00:00:00Z")
one_bad("the year 9999", "is not a time", created_at="9999-12-31T23:59:59-23:00")
one_bad("tomorrow's tomorrow", "and tomorrow", created_at="2099-01-01T00:00:00Z")
one_bad("no zone", "has no time zone", created_at="2026-10-01T08:30:00")
one_bad("no date", "missing", created_at=None)
one_bad("no author", "an object was expected", account=None)
one_bad("an author that is a list", "an object was expected", account=[])
one_bad("a text that is a list", "a text was expected", content=["x"])
one_bad("tags that are a text", "a list was expected", tags="x")
one_bad("media that is an object", "a list was expected", media_attachments={})
one_bad("a boost of nothing", "reblog", reblog={})
one_bad("an id that is true", "an id was expected", id=True, uri=None)
one_bad("an address that is half", "status.uri", uri="http://[half/1")
one_bad("a long id", "bytes", uri="https://h.example/" + "x" * 600)
one_bad("no id", "missing", id="", uri=None)
all_good(
    "nulls",
    status(1, **dict.fromkeys(("tags", "mentions", "media_attachments", "card", "poll", "language"))),
    got=1,
)
all_good("unknown fields", status(1, **{f"field_{n}": {"deep": [n]} for n in range(500)}), got=1)
all_good("the same id twice", status(1), status(1), status(1), got=1)
all_good(
    "direct and private",
    *(status(n, visibility=v) for n, v in enumerate(("direct", "private", "unlisted", "mutuals"))),
    got=0,
)
all_good("control characters", status(1, content="a\x00b\x1b[31mred\x9bx\r\n2026 ERROR forged"), got=1)
all_good("half surrogates", status(1, content="\ud83d tea \udc00"), got=1)
all_good(
    "marks that turn",
    status(
        1,
        content="<p>\u202egnp.exe</p>",
        account=status()["account"] | {"display_name": "\u202eadmin\u2066", "acct": "sara"},
    ),
    got=1,
)
all_good(
    "script",
    status(1, content="<script>alert(1)</script><img src=x onerror=alert(1)>![](http://127.0.0.1/leak)"),
    got=1,
)
all_good("a text of 2 MB", status(1, content="<p>" + "tea " * 500_000 + "</p>"), got=1)
all_good(
    "a tag of 1 MB",
    status(1, content="<p>#" + "x" * 2**20 + "</p>", tags=[{"name": "x" * 2**20, "url": ""}]),
    got=1,
)
all_good(
    "10,000 tags",
    status(
        1,
        content=" ".join(f"#t{n}" for n in range(10_000)),
        tags=[{"name": f"t{n}", "url": "x"} for n in range(10_000)],
    ),
    got=1,
)
all_good(
    "10,000 mentions",
    status(
        1,
        mentions=[
            {"id": str(n), "acct": f"a{n}", "username": f"a{n}", "url": f"https://h.example/@a{n}"}
            for n in range(10_000)
        ],
    ),
    got=1,
)
all_good("HTML 20,000 deep", status(1, content="<b>" * 20_000 + "tea" + "</b>" * 20_000), got=1)
all_good("entities", status(1, content="&lt;b&gt; &#0; &#xD800; &#x110000; &nosuch; &amp;amp;"), got=1)
all_good(
    "links to everywhere",
    status(1, content='<a href="javascript:alert(1)">x</a> <a href="http://127.0.0.1:1/">y</a>'),
    got=1,
)

# A feed in JSON
says(
    "JSON feed: items of everything",
    json.dumps({**JSON_FEED, "items": [None, 1, [], {}, "x"]}),
    feed=End("partial", "5 of 5 items"),
)
says("JSON feed: items that are an object", json.dumps({**JSON_FEED, "items": {}}), feed=End("error"))
says(
    "JSON feed: wrong types",
    json.dumps(
        {
            **JSON_FEED,
            "items": [
                {"id": 1, "title": ["x"], "content_html": {"a": 1}, "url": 7, "date_published": 1740816000},
                {
                    "id": "2",
                    "content_text": "tea",
                    "tags": "x",
                    "authors": {"name": 1},
                    "attachments": [None],
                },
            ],
        }
    ),
    feed=End("partial"),
)
