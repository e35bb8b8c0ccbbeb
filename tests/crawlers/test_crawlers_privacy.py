"""What is never kept: people who opted out, what is not public, and any name where pseudonyms are wanted."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.ledger import Ledger
from crawlers.pipeline import IntoSpool, Page
from crawlers.pseudonyms import key_of, unveiled, veiled
from crawlers.spider import SourceSpider
from posts.people import pseudonym
from posts.post import Post
from store import rereads
from store.state import State
from store.state_file import checkpoint
from store.tombs import keep_away
from tests.hostile.platforms import item, page, rss, status

NAMES = [f"zanbagh{letter}" for letter in "abcdefghijklmnopqrst"]
"""Twenty people; no other word holds one of these."""
INSTANCE = json.dumps({"domain": "h.example", "version": "4.5.0"})


def person(name: str, **changes: Any) -> dict[str, Any]:
    """An account that tells its name in every field."""
    return {
        "id": str(NAMES.index(name)),
        "acct": name,
        "username": name,
        "display_name": name.title(),
        "url": f"https://h.example/@{name}",
        "uri": f"https://h.example/users/{name}",
        "note": f"I am {name}",
        "fields": [{"name": "me", "value": name}],
        "followers_count": 3,
        "avatar": f"https://h.example/{name}.png",
    } | changes


def by(name: str, number: int, **changes: Any) -> dict[str, Any]:
    """A status that names its author and somebody else wherever one can be named."""
    other = NAMES[(NAMES.index(name) + 1) % len(NAMES)]
    told = {
        "account": person(name),
        "uri": f"https://h.example/users/{name}/statuses/{number}",
        "url": f"https://h.example/@{name}/{number}",
        "content": f'<p><a href="https://h.example/@{other}">@{other}</a> asks {name}@h.example</p>',
        "mentions": [{"id": "1", "acct": other, "username": other, "url": f"https://h.example/@{other}"}],
        "media_attachments": [
            {
                "id": "7",
                "type": "image",
                "url": f"https://h.example/{name}.jpg",
                "description": f"@{other} drinks tea",
            }
        ],
        "card": {"url": f"https://h.example/@{other}", "title": other, "description": "x"},
    }
    return status(number, **(told | changes))


def held(folder: Path) -> bytes:
    """All bytes below a folder, also those that are packed, and the names of files."""
    with State(folder / "state.sqlite") as state:
        checkpoint(state)
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            found.append(path.read_bytes() + path.name.encode())
            if path.suffix == ".gz":
                found.append(gzip.decompress(path.read_bytes()))
    return b"\n".join(found).lower()


def test_no_name_is_kept_where_pseudonyms_are_wanted(project: Any, web: Any) -> None:
    """Twenty people, in posts, answers, boosts, broken statuses, errors: no byte of a name is on disk."""
    good = [by(name, number) for number, name in enumerate(NAMES[:12], 20)]
    good.append(by(NAMES[12], 40, reblog=by(NAMES[13], 41)))
    good.append(by(NAMES[14], 42, in_reply_to_id="41", in_reply_to_account_id="13"))
    bad = [
        by(NAMES[15], 50, created_at=f"by {NAMES[15]}"),
        by(NAMES[16], 51, favourites_count=NAMES[16]),
        by(NAMES[17], 52, account=[NAMES[17]]),
        by(NAMES[18], 53, id=f"@{NAMES[18]}", content=[NAMES[18]]),
        by(NAMES[19], 54, uri=f"https://h.example/users/{NAMES[19]}/" + "x" * 600),
    ]
    web.says("/api/v2/instance", INSTANCE)
    web.says("/api/v1/timelines/public", page(*good, *bad))
    web.says(
        "/feed",
        rss(
            *(
                item(n, author=f"x@h.example ({name})", link=f"https://x.example/authors/{name}/{n}")
                for n, name in enumerate(NAMES)
            ),
            item(30, guid=f"https://h.example/@{NAMES[0]}/1", pubDate=f"by {NAMES[1]}"),
        ),
    )
    web.says("/broken/api/v2/instance", INSTANCE)
    project.allow_hosts = (web.host,)
    values = {"platform": "mastodon", "timeline": "public", "pseudonyms": True}

    town = project.crawl("town", url=web.url, **values)
    news = project.crawl("news", url=f"{web.url}/feed", pseudonyms=True)
    web.says("/api/v1/timelines/public", json.dumps({"error": f"{NAMES[0]} is suspended"}))
    failed = project.crawl("town", url=web.url, **values)

    assert (town.outcome, town.got, town.refused) == ("partial", 15, 5)
    assert (news.outcome, news.got, news.refused) == ("partial", 20, 1)
    assert (failed.outcome, failed.reason) == ("error", "the server answered with an error")
    assert len(project.dead_letters()) == 6
    kept = held(project.folder)
    assert b"tea" in kept
    assert [name for name in NAMES if name.encode() in kept] == []


def test_who_opted_out_and_what_is_not_public_is_not_kept(project: Any, web: Any) -> None:
    """Passed over and counted; of those who said nothing the posts come in."""
    no = [
        by(NAMES[0], 1, account=person(NAMES[0], noindex=True)),
        by(NAMES[1], 2, account=person(NAMES[1], discoverable=True, indexable=False)),
        by(NAMES[2], 3, account=person(NAMES[2], discoverable=False, indexable=True)),
        by(NAMES[3], 4, account=person(NAMES[3], note="<p>painter #nobot</p>")),
        by(NAMES[4], 5, account=person(NAMES[4], note="#NoIndex please")),
        by(NAMES[5], 6, account=person(NAMES[5], fields=[{"name": "bots", "value": "#nobot"}])),
        by(NAMES[6], 7, visibility="unlisted"),
        by(NAMES[7], 8, visibility="private"),
        by(NAMES[8], 9, visibility="direct"),
        by(NAMES[9], 10, reblog=by(NAMES[0], 11, account=person(NAMES[0], noindex=True))),
        by(NAMES[9], 12, reblog=by(NAMES[7], 13, visibility="private")),
    ]
    yes = [
        by(
            NAMES[10],
            14,
            account=person(NAMES[10], discoverable=None, indexable=False),
            mentions=[],
            content="tea",
        ),
        by(NAMES[11], 15, mentions=[], content="tea"),
    ]
    web.says("/api/v2/instance", INSTANCE)
    web.says("/api/v1/timelines/public", page(*yes, *no))
    project.allow_hosts = (web.host,)

    run = project.crawl(platform="mastodon", timeline="public", url=web.url)

    assert (run.outcome, run.got, run.refused) == ("ok", 2, 0)
    assert run.details["passed_over"] == {"opted out": 7, "not public": 4}
    handles = {post.author.handle for post in project.posts()}
    assert handles == {f"{NAMES[10]}@h.example", f"{NAMES[11]}@h.example"}
    kept = held(project.folder)
    assert [name for name in NAMES[:10] if name.encode() in kept] == []


def test_what_a_post_is_asked_for_by_is_veiled(tmp_path: Path) -> None:
    """Only the project's key makes it readable; without it, or with another, it is noise."""
    secret, other = key_of(tmp_path), b"another key of thirty-two bytes."
    ref = f"at://did:plc:abc/{NAMES[0]}/چای"  # "tea"

    hidden = veiled(ref, secret)

    assert NAMES[0] not in hidden
    assert unveiled(hidden, secret) == ref
    assert veiled(ref, secret) == hidden
    assert unveiled(hidden, other) != ref
    assert unveiled(ref, secret) == ref
    assert unveiled("veil:none", secret) == ""


@pytest.mark.parametrize("how", [301, 302, 307])
def test_a_token_never_goes_to_another_server(project: Any, web: Any, canary: Any, how: int) -> None:
    """Neither to another port nor into logs, states or addresses; its own server may have it."""
    secret = "s3cr3t-of-the-user"
    project.allow_hosts = (web.host, canary.host)
    canary.says("/api/v1/timelines/public", page(status()))

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        handler.send_response(how)
        handler.send_header("Location", f"{canary.url}/api/v1/timelines/public?{'&'.join(asked)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    web.says("/api/v2/instance", INSTANCE)
    web.answers["/api/v1/timelines/public"] = elsewhere

    run = project.crawl(platform="mastodon", timeline="public", url=web.url, tokens={"token": secret})

    assert any(secret in str(headers) for _, _, headers in web.asked)
    assert run.outcome == "error"
    assert "redirects to another address" in run.reason
    assert all(secret not in f"{path} {headers}" for _, path, headers in canary.asked)
    assert secret.encode() not in held(project.folder)


def test_refs_that_name_somebody_are_kept_veiled(project: Any) -> None:
    """What a page gives to ask for a post by: an address is veiled, a number is not, and both come back."""
    job = project.job("s", pseudonyms=True)
    address = f"at://did:plc:abc/{NAMES[0]}"
    posts = [
        Post(
            id=f"x:h:{n}",
            platform="feed",
            kind="text",
            source="s",
            text="tea",
            created_at=now,
            collected_at=now,
        )
        for n, now in enumerate([datetime.now(UTC) - timedelta(minutes=1)] * 3)
    ]
    with project.state() as state:
        keep_away(
            state, posts=[pseudonym("x:h:2", secret=key_of(job.folder))], people=(), at=posts[0].created_at
        )
        spider = SourceSpider(name="s", job=job, ledger=Ledger(source="s"), state=state)
        refs = {"x:h:0": address, "x:h:1": "123", "x:h:2": "456"}
        IntoSpool(SimpleNamespace(spider=spider))._put([Page(posts=tuple(posts), refs=refs)])  # type: ignore[arg-type]
        due = rereads.due(state, "s", at=posts[0].created_at + timedelta(days=1), limit=9)

        assert sorted(one.ref for one in spider.unveiled(due)) == ["123", address]
        assert sorted(one.ref[:5] for one in due) == ["123", "veil:"]
    assert NAMES[0].encode() not in held(project.folder)
