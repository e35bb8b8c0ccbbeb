"""One post under many names: what points to it finds it, whichever server named it and in whatever order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_people import Seen
from nlp.pipeline import load
from posts.post import Author, Post, decode
from store.intake import Intake
from store.protocol import Store
from store.spool import Spool
from store.state import State

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALL = {"match_all": {}}
SERVERS = Path(__file__).parents[1] / "fixtures" / "mastodon" / "two_servers"


class Taken:
    """A store and the way into it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.spool = Spool(folder / "spool")
        self.state = State(folder / "state.sqlite")

    def take(self, *posts: Post) -> None:
        self.spool.write(posts, source="s")
        later = AT + timedelta(days=1)
        Intake(self.store, self.state, self.spool, load(), now=lambda: later).run()

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        self.store.refresh()
        return {document["id"]: document for document in self.store.scan(collection, ALL)}


@pytest.fixture
def taken(tmp_path: Path, store: Store) -> Any:
    made = Taken(tmp_path, store)
    yield made
    made.state.close()


def build_post(name: str, by: str, **parts: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"x:h:{name}",
        "platform": "x",
        "kind": "text",
        "source": "s",
        "created_at": AT,
        "collected_at": AT,
        "author": Author(key=f"x:h:{by}", handle=by),
        "text": name,
    }
    return Post(**{**values, **parts})


def seen(name: str, at: datetime) -> tuple[Post, Post]:
    """The reply and its parent as one of two servers shows them."""
    envelope = json.loads((SERVERS / f"{name}.json").read_text("utf-8"))
    host = envelope["request"]["url"].split("/")[2]
    through = Seen(server=host, domain=host, source=name, at=at)
    reply, parent = read_statuses(json.dumps(envelope["response"]["json"]).encode(), through).posts
    return reply, parent


HERE, THERE = seen("here", AT), seen("there", AT + timedelta(minutes=1))


@pytest.mark.parametrize(
    "order",
    [
        # The parent is seen through one server alone, and the reply through that one last, or first.
        *permutations([HERE[0], THERE[0], THERE[1]]),
        *permutations([HERE[0], THERE[0], HERE[1]]),
    ],
    ids=lambda order: " ".join(f"{post.source} {'reply' if post.reply_to else 'parent'}" for post in order),
)
def test_a_reply_finds_its_post_through_either_server(taken: Any, order: tuple[Post, ...]) -> None:
    """Two servers name the parent differently; the one that shows it is enough, whoever comes first."""
    for post in order:
        taken.take(post)

    posts = taken.documents("posts")
    assert len(posts) == 2
    reply, parent = posts[HERE[0].id], posts[HERE[1].id]
    assert reply["reply_to"] == parent["id"]
    assert "unresolved" not in reply
    assert set(reply["aliases"]) == {*HERE[0].aliases, *THERE[0].aliases}
    assert decode(reply["post"]).other_references == ()
    edges = [edge for edge in taken.documents("edges").values() if edge["kind"] == "reply"]
    assert [(edge["src"], edge["dst"], edge["target"]) for edge in edges] == [
        ("mastodon:other.example:reza", "mastodon:social.example:sara", parent["id"])
    ]


def test_what_was_found_stays_found_when_another_is(taken: Any) -> None:
    """A reply that also quotes keeps its parent when what it quotes comes later."""
    both = build_post("both", "ali", reply_to="x:i:1", quote_of="x:i:2")
    taken.take(build_post("parent", "omid", aliases=("x:i:1",)))
    taken.take(both)

    taken.take(build_post("quoted", "sara", aliases=("x:i:2",)))

    document = taken.documents("posts")["x:h:both"]
    assert (document["reply_to"], document["quote_of"]) == ("x:h:parent", "x:h:quoted")
    assert "unresolved" not in document
    targets = {edge["kind"]: edge["target"] for edge in taken.documents("edges").values()}
    assert targets == {"reply": "x:h:parent", "quote": "x:h:quoted"}


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_an_author_who_is_told_late_makes_the_edge_all_the_same(taken: Any, order: tuple[int, ...]) -> None:
    """A post that first came without its author is led to its author by those that answered it before."""
    parent = build_post("parent", "sara", aliases=("x:i:1",), collected_at=AT + timedelta(minutes=1))
    came = (
        replace(parent, author=None, collected_at=AT),
        build_post("reply", "ali", reply_to="x:i:1"),
        parent,
    )

    for number in order:
        taken.take(came[number])

    assert taken.documents("posts")["x:h:reply"]["reply_to_author"] == "x:h:sara"
    (edge,) = taken.documents("edges").values()
    assert (edge["kind"], edge["src"], edge["dst"]) == ("reply", "x:h:ali", "x:h:sara")
    assert edge["target"] == "x:h:parent"


def test_names_of_others_that_make_no_sense_do_no_harm(taken: Any) -> None:
    """A record from a file may say anything about other names."""
    odd = build_post("odd", "ali", other_references=(("nothing", "x:i:1"), ("reply_to", "x:i:2")))

    taken.take(odd)
    taken.take(replace(odd, collected_at=AT + timedelta(minutes=1)))

    assert taken.documents("posts")["x:h:odd"]["unresolved"] == ["x:i:2"]


def test_no_name_is_so_long_that_nothing_can_be_taken_in_after_it(taken: Any) -> None:
    """A reference that an engine cannot look up is a dead letter; its neighbours and successors come in."""
    hostile = build_post("hostile", "ali", reply_to="x:i:" + "9" * 40_000)

    taken.take(build_post("before", "omid"), hostile)
    taken.take(build_post("after", "omid", aliases=("x:i:9",)), replace(hostile, text="again"))

    assert taken.documents("posts").keys() == {"x:h:before", "x:h:after"}
    assert [(letter.subject, letter.reason) for letter in taken.state.dead_letters()] == [
        ("x:h:hostile", "reply_to: must have 1 to 512 bytes")
    ]
