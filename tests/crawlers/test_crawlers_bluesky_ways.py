"""Ways of the spider for Bluesky that need no network: what refusals mean, and what is not believed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pages.fields import Notes
from crawlers.pages.jetstream import Event, read_frame
from crawlers.pipeline import Page
from crawlers.pseudonyms import key_of, veiled
from crawlers.spiders.bluesky import BlueskySpider
from crawlers.ways.bluesky_held import Held
from crawlers.ways.bluesky_thread import Conversation, address_of
from crawlers.ways.sieve import Sieve
from posts.errors import NotUnderstood, SourceError
from posts.people import pseudonym
from store import rereads
from store.rereads import Reread
from store.state import State
from tests.crawlers.bluesky_server import BRAND, SARA, post_id, rkey, uri
from tests.crawlers.jetstream_server import account, delete, moment, post

AT = moment(3_600)
SERVER = "https://appview.example"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


def spider(folder: Path, state: State | None = None, **values: Any) -> BlueskySpider:
    """A spider that asks nobody."""
    usual = {"platform": "bluesky", "url": SERVER, "timeline": "account", "account": "brand.test"}
    job = Job(run_id="run", due_at=AT, folder=folder, source="source", **{**usual, **values})
    return BlueskySpider(job=job, ledger=Ledger(source="source", run_id="run"), state=state)


def answer(value: Any, status: int = 200) -> TextResponse:
    url = f"{SERVER}/xrpc/app.bsky.feed.getPosts"
    return TextResponse(url, status=status, body=json.dumps(value).encode(), request=Request(url))


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "told"),
    [
        (400, "InvalidRequest", "Profile not found", "NotUnderstood", "nothing of this name (HTTP 400: Prof"),
        (400, "NotFound", "Post not found: at://x", "NotUnderstood", "knows nothing of this name"),
        (400, "AccountTakedown", "Account has been suspended", "Refused", "closed to everybody (Account has"),
        (400, "InvalidRequest", "limit too high", "NotUnderstood", "not take the request (HTTP 400: limit"),
        (401, "AuthMissing", "", "Refused", "to who is not signed in (HTTP 401: AuthMissing)"),
        (403, "", "", "Refused", "to who is not signed in (HTTP 403: no reason given)"),
        (501, "MethodNotImplemented", "no", "NotUnderstood", "does not take the request (HTTP 501: no)"),
        (502, "UpstreamFailure", "Upstream", "NotReachable", "is broken (HTTP 502)"),
        (302, "", "", "NotUnderstood", "answered HTTP 302"),
    ],
)  # fmt: skip
def test_a_refusal_has_a_name(
    tmp_path: Path, status: int, code: str, message: str, kind: str, told: str
) -> None:
    """The kind of error, and the server's own words in its reason."""
    with pytest.raises(SourceError) as caught:
        spider(tmp_path).happy(answer({"error": code, "message": message}, status))

    assert (type(caught.value).__name__, told in caught.value.message) == (kind, True), caught.value.message


@pytest.mark.parametrize("timeline", ["search", "tag"])
@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        ({}, "RASAD_BLUESKY_PASSWORD"),
        ({"identifier": "a.test", "password": "", "pds": "https://pds.example"}, "RASAD_BLUESKY_PASSWORD"),
        ({"identifier": "a.test", "password": "x", "pds": "http://pds.example"}, "unencrypted"),
    ],
)
def test_a_search_without_sign_in_is_not_set_up(
    tmp_path: Path, timeline: str, tokens: dict[str, str], told: str
) -> None:
    """It says what to set and asks nobody for anything; no password goes over http."""
    one = spider(tmp_path, timeline=timeline, account=None, query="x", tag="x", tokens=tokens)

    assert asyncio.run(everything(one)) == []
    outcome, reason = one.ledger.outcome()
    assert (outcome, told in reason) == ("not set up", True), reason


async def everything(one: BlueskySpider) -> list[Any]:
    return [each async for each in one.start()]


def test_a_server_that_shows_nothing_is_not_believed(tmp_path: Path, state: State) -> None:
    """All of several posts missing: one is asked for by itself, and only if it is gone are they deleted."""
    due = [reread(n) for n in (1, 2, 3)]
    one = spider(tmp_path, state)

    page, doubt = one.on_looked(answer({"posts": []}), due=due)
    assert isinstance(page, Page)
    assert page.gone == ()
    assert isinstance(doubt, Request)
    assert "getPostThread" in doubt.url
    assert list(doubt.callback(answer({"thread": {}}))) == []
    assert one.ledger.outcome() == ("partial", "the server showed none of 3 posts that it has")
    (believed,) = doubt.callback(answer({"error": "NotFound", "message": "Post not found"}, 400))
    assert believed.gone == tuple(due)


def test_who_opts_out_later_is_deleted_and_what_cannot_be_read_is_let_go(
    tmp_path: Path, state: State
) -> None:
    """A post that is there is neither deleted nor asked for until the end of time."""
    posts = json.loads((Path(__file__).parents[1] / "fixtures/bluesky/people/input.json").read_text("utf-8"))[
        "response"
    ]["json"]["posts"]
    shown = {post["uri"].rpartition("/")[2]: post for post in posts}
    due = [
        Reread(post=f"post {key}", ref=shown[key]["uri"], created_at=moment(1), due_at=AT)
        for key in ("3verified", "3optedout", "3counts")
    ]
    now = datetime.now(UTC)
    rereads.note(state, "source", [(look.post, look.ref, now) for look in due], at=now)
    one = spider(tmp_path, state)

    page, gone = one.on_looked(
        answer({"posts": [shown[look.ref.rpartition("/")[2]] for look in due]}), due=due
    )

    assert [post.url.rpartition("/")[2] for post in page.posts if post.url] == ["3verified"]
    assert [lost.post for lost in gone.gone] == ["post 3optedout"]
    assert {look.post for look in rereads.held(state, "source")} == {"post 3verified", "post 3optedout"}
    assert [item.reason for item in page.unreadable] == ["post.likeCount: -1 is not a count"]


def reread(number: int) -> Reread:
    return Reread(post=post_id(number), ref=uri(number), created_at=moment(number), due_at=AT)


def test_a_thread_whose_first_post_is_gone_is_deleted(tmp_path: Path, state: State) -> None:
    """The run says so, and the post that began it is deleted."""
    cursors = {"root": uri(1, SARA), "root_at": moment(1).isoformat()}
    state.move_cursors("source", cursors, at=AT)
    one = spider(tmp_path, state, timeline="thread", account=None, thread="https://bsky.app/profile/a/post/b")
    request = Conversation(one).begin()

    (page,) = request.callback(answer({"error": "NotFound", "message": "Post not found"}, 400))

    assert [lost.post for lost in page.gone] == [post_id(1, SARA)]
    assert "knows nothing of this name" in one.ledger.outcome()[1]


def test_a_thread_is_asked_for_where_it_was_cut(tmp_path: Path, state: State) -> None:
    """Each post whose answers were counted and not shown once, and no more than a crawl may ask."""
    one = spider(tmp_path, state, timeline="thread", account=None, thread=uri(0))
    made = json.loads(
        (Path(__file__).parents[1] / "fixtures/bluesky/thread_with_holes/input.json").read_text("utf-8")
    )["response"]["json"]

    page, *more = Conversation(one).begin().callback(answer(made))

    assert isinstance(page, Page)
    assert [request.url.partition("uri=")[2].partition("&")[0].rpartition("%2F")[2] for request in more] == [
        "3root", "3deep", "3hidden",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        ("https://bsky.app/profile/a.test/post/3l", "at://a.test/app.bsky.feed.post/3l"),
        ("https://bsky.app/profile/did:plc:a/post/3l?x=1", "at://did:plc:a/app.bsky.feed.post/3l"),
        ("https://bsky.app/profile/did%3Aplc%3Aa/post/3l/liked-by", "at://did:plc:a/app.bsky.feed.post/3l"),
        ("at://did:plc:a/app.bsky.feed.post/3l", "at://did:plc:a/app.bsky.feed.post/3l"),
        ("https://bsky.app/profile/a.test", None),
    ],
)
def test_the_address_of_a_thread(thread: str, expected: str | None) -> None:
    """That of its page, as people copy it, or that of its record."""
    if expected is None:
        with pytest.raises(NotUnderstood):
            address_of(thread, subject="source")
    else:
        assert address_of(thread, subject="source") == expected


def events(frames: Iterable[str], one: BlueskySpider) -> list[Event]:
    found = [read_frame(frame, one.seen(), Notes()) for frame in frames]
    assert all(isinstance(event, Event) for event in found)
    return [event for event in found if isinstance(event, Event)]


@pytest.mark.parametrize("pseudonyms", [False, True])
def test_a_deletion_is_for_what_is_held(tmp_path: Path, state: State, pseudonyms: bool) -> None:
    """Of this crawl or an earlier one, under the id that it is kept by; strangers' leave nothing."""
    keep = (f"bluesky:bsky.app:{BRAND}",)
    hide = {"pseudonyms": pseudonyms, "keep": keep}

    def kept(number: int, did: str) -> str:
        name = post_id(number, did)
        return pseudonym(name, secret=key_of(tmp_path)) if pseudonyms and did != BRAND else name

    ref = veiled(uri(1, SARA), key_of(tmp_path)) if pseudonyms else uri(1, SARA)
    rereads.note(state, "source", [(kept(1, SARA), ref, datetime.now(UTC))], at=datetime.now(UTC))
    one = spider(tmp_path, state, timeline="stream", account=None, query="x", **hide)
    held = Held(one)
    held.note(e.post for e in events([post(2, "x"), post(3, "y", did=SARA)], one) if e.post)

    gone = held.gone(
        events(
            [
                delete(10, rkey(1), did=SARA), delete(11, rkey(2)), delete(12, rkey(9)),
                account(13, SARA, active=False, status="deleted"),
                account(14, SARA, active=False, status="deleted"),
            ],
            one,
        ),
        everything=False,
    )  # fmt: skip

    assert [lost.post for lost in gone] == [kept(1, SARA), post_id(2), kept(3, SARA)]
    assert [held.was_deleted(post_id(n, did)) for n, did in ((1, SARA), (2, BRAND), (9, BRAND))] == [True] * 3
    assert not held.has(post_id(2))


def test_where_everything_is_kept_whatever_was_written_since_is_deleted(tmp_path: Path, state: State) -> None:
    """What is older was never held, and a post's key tells its age."""
    state.move_cursors("source", {"stream_from": moment(100).isoformat()}, at=AT)
    one = spider(tmp_path, state, timeline="stream", account=None)

    gone = Held(one).gone(events([delete(200, rkey(150)), delete(201, rkey(50))], one), everything=True)

    assert [(lost.post, lost.created_at) for lost in gone] == [(post_id(150), moment(150))]


@pytest.mark.parametrize(
    ("query", "tag", "expected"),
    [
        ("قهوه", None, [1, 2]),  # coffee
        ("قهوه lang:fa", None, [1]),
        (None, "چای_سبز", [3]),  # green_tea
        ("بهتر", "چای_سبز", [3]),  # better
        ("is:reply", None, [4]),
        ("-قهوه -چای", None, [4]),
        ("since:1h قهوه", None, [1, 2]),
        (None, None, [1, 2, 3, 4]),
    ],
)
def test_a_stream_keeps_what_a_search_would_find(
    tmp_path: Path, query: str | None, tag: str | None, expected: list[int]
) -> None:
    """Words, languages, tags in another spelling, kinds, exclusions and times."""
    root = {"uri": uri(1), "cid": "bafy"}
    one = spider(tmp_path, timeline="stream", account=None)
    frames = [
        post(1, "قهوه خوب است و من هر روز می‌نوشم"),  # coffee is good and I drink it daily
        post(2, "the word قهوه means coffee in their language", langs=["en"]),
        post(3, "این بهتر است #چای‌سبز"),  # this is better, with the tag in another spelling
        post(4, "باشد", reply={"root": root, "parent": root}),  # all right
    ]
    posts = [event.post for event in events(frames, one) if event.post is not None]

    kept = Sieve(query, tag).keep(posts, now=moment(10) + timedelta(minutes=10))

    assert [each.id for each in kept] == [post_id(n) for n in expected]


def test_a_query_that_cannot_be_read_has_a_name() -> None:
    with pytest.raises(NotUnderstood) as caught:
        Sieve("(قهوه", None)
    assert "the query cannot be read" in caught.value.message
