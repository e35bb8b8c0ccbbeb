"""Saved queries against posts: all of them at once find what each would find in an engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.demo.world import posts
from nlp.pipeline import load
from posts.errors import QueryError
from posts.selection import Selection
from store import compile as compiler
from store import open_store
from store.documents import documents
from store.matcher import Matcher, Term, check_matchable, required
from store.protocol import Document, Store, StoreSettings
from store.validate import prepared_query

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)
TABLE_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEHRAN = ZoneInfo("Asia/Tehran")

TYPED = """
قیمت
قیمت چای
قیمت -چای
"قیمت چای"
"چای قیمت"
«ماه پیش»
قیمت OR کتاب OR باران
(قیمت OR کتاب) باران
باران -(قیمت OR کتاب)
-قیمت
-lang:fa
the
the -of
the of
"of the"
rain OR باران
(rain OR باران) lang:en
#باران
#rain OR #باران
باران -#باران
tag:کتاب
#هوش_مصنوعی
هوش مصنوعی
"هوش مصنوعی"
#AI
AI
ai lang:en
lang:fa
lang:ar
lang:en platform:feed
platform:mastodon
platform:feed
platform:lemmy
source:chatra
source:nowhere
source:chatra قیمت
-source:chatra قیمت
is:reply
is:repost
is:quote
is:edited
is:question
is:question is:reply
is:reply -is:question lang:fa
has:media
has:link
has:poll
has:link -platform:feed
has:media OR has:link
author:ramin_avishan
author:@ramin_avishan@chatra.example
author:mastodon:chatra.example:ramin_avishan
-author:ramin_avishan قیمت
@rasta
@rasta OR #rasta
entity:rasta
entity:brand:rasta
-entity:rasta (#rasta OR rasta)
since:7d
since:36h
until:7d
since:20d until:10d
since:7d قیمت
since:2026-10-25
until:2026-10-25 the
since:2026-10-25T12:00:00Z until:2026-10-26T12:00:00+03:30
(since:3d OR until:20d) lang:en
-since:7d باران
(قیمت OR (the -of) OR #AI) -(is:reply OR is:repost) since:14d
((قیمت OR چای) (گران OR ارزان)) OR (price (high OR low))
۴ درصد
4
قیمت NEAR/3 چای
(the OR a) NEAR/2 (tea OR "cup of")
چا*
pric?
teas~1
-te* price
likes:>5
likes:1..3 lang:en
followers:<200 -likes:0
nothingisspelledlikethis
nothingisspelledlikethis OR باران
""".strip().splitlines()

SELECTIONS = [
    Selection(),
    Selection(language="fa", platform="mastodon"),
    Selection(source="chatra", query="قیمت"),
    Selection(hashtag="باران"),
    Selection(author="mastodon:chatra.example:ramin_avishan"),
    Selection(entity="brand:rasta", since=MADE_AT - timedelta(days=9), until=MADE_AT - timedelta(days=2)),
    Selection(ids=("none", "neither")),
]


@dataclass(frozen=True)
class Saved:
    id: str
    selection: Selection


SAVED = [Saved(typed, Selection(query=typed)) for typed in TYPED] + [
    Saved(repr(selection), selection) for selection in SELECTIONS
]


@pytest.fixture(scope="module")
def demo() -> list[Document]:
    """Every third post of the demo's world, and two that are deleted."""
    made = {post.id: post for post in posts(1, MADE_AT)}
    read = load().annotate(list(made.values())[::3])
    found = [documents(post).post for post in read]
    gone = [{**document, "id": f"{document['id']}-gone", "is": ["deleted"]} for document in found[:2]]
    return found + gone


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def engine(
    request: pytest.FixtureRequest, demo: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The posts in each engine in turn."""
    folder = tmp_path_factory.mktemp("demo")
    url = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
    prefix = f"test-{folder.name}-{id(folder)}"
    opened = open_store(StoreSettings(folder=folder / "index", url=url, prefix=prefix))
    opened.ensure()
    assert opened.write("posts", demo, fresh=True).ok == len(demo)
    opened.refresh()
    yield opened
    opened.close()
    if url is not None:
        _remove(url, prefix)


def _remove(url: str, prefix: str) -> None:
    from elasticsearch import Elasticsearch

    with Elasticsearch(url) as client:
        client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])


def _matched(matcher: Matcher, found: list[Document], now: datetime) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for match in matcher.match(found, now=now):
        ids[match.query].append(match.document["id"])
    return ids


def test_all_saved_queries_at_once_find_what_each_finds_in_the_engine(
    engine: Store, demo: list[Document]
) -> None:
    """Every query of the table, and every kind of selection; most of them find something."""
    ids = _matched(Matcher(SAVED, zone=TEHRAN), demo, NOW)

    for saved in SAVED:
        query = compiler.selection(saved.selection, now=NOW, zone=TEHRAN)
        expected = sorted(document["id"] for document in engine.scan("posts", query, ["id"]))
        assert sorted(ids[saved.id]) == expected, saved.id
    assert sum(bool(found) for found in ids.values()) >= 55


def test_the_matcher_finds_the_posts_of_every_query_of_the_table(
    query_cases: list[dict[str, Any]], query_documents: dict[str, Document]
) -> None:
    """All of the table at once, without an engine: exactly the posts that are written there."""
    saved = [Saved(str(place), Selection(query=case["query"])) for place, case in enumerate(query_cases)]
    found: dict[str, set[str]] = defaultdict(set)
    for match in Matcher(saved, zone=TEHRAN).match(query_documents.values(), now=TABLE_NOW):
        found[match.query].add(match.document["id"])

    wrong = {
        case["query"]: found[str(place)] ^ case["ids"]
        for place, case in enumerate(query_cases)
        if found[str(place)] != case["ids"]
    }
    assert wrong == {}
    assert len(query_cases) >= 150


def test_a_sample_changes_where_queries_are_filed_and_not_what_they_find(demo: list[Document]) -> None:
    """Rare or not, the same posts match; what is returned is in the order of the posts."""
    plain, sampled = Matcher(SAVED), Matcher(SAVED, sample=demo[::7])

    assert _matched(plain, demo, NOW) == _matched(sampled, demo, NOW)
    found = [match.document["id"] for match in plain.match(demo, now=NOW)]
    places = {document["id"]: place for place, document in enumerate(demo)}
    assert [places[each] for each in found] == sorted(places[each] for each in found)


def test_days_ago_are_counted_from_the_moment_of_matching() -> None:
    """The same matcher at another time finds other posts."""
    matcher = Matcher([Saved("week", Selection(query="since:7d"))])
    post = {"id": "p", "created_at": "2026-11-01T00:00:00Z"}

    found = [
        bool(matcher.match([post], now=datetime(2026, 11, day, hour, tzinfo=UTC)))
        for day, hour in ((1, 0), (8, 0), (8, 1), (2, 0), (20, 0))
    ]

    assert found == [True, True, False, True, False]


def test_days_begin_where_the_project_is() -> None:
    """``since:2026-11-01`` begins at midnight in Tehran there, three and a half hours before UTC's."""
    post = {"id": "p", "created_at": "2026-10-31T20:30:00Z"}
    saved = [Saved("q", Selection(query="since:2026-11-01"))]

    assert Matcher(saved, zone=TEHRAN).match([post], now=NOW) == [("q", post)]
    assert Matcher(saved).match([post], now=NOW) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("job lang:fa", [{"job"}, {"fa"}], id="all of a conjunction"),
        pytest.param("(job OR work) lang:fa", [{"job", "work"}, {"fa"}], id="one of either"),
        pytest.param('"new york"', [{"new"}, {"york"}], id="each word of a phrase"),
        pytest.param("(a OR -b)", [], id="what may be absent requires nothing"),
        pytest.param("te* teas~1 lang:fa", [{"te"}, {"teas"}, {"fa"}], id="how a word is spelled"),
        pytest.param("a NEAR/3 b", [{"a"}], id="one word of those near each other"),
        pytest.param("-a", [], id="exclusion requires nothing"),
        pytest.param("since:7d", [], id="times require nothing"),
    ],
)
def test_what_a_query_requires(typed: str, expected: list[set[str]]) -> None:
    """Each choice is a set of terms of which a post that matches has one."""
    clause = prepared_query("posts", compiler.selection(Selection(query=typed)))

    assert [{term.value for term in choice} for choice in required(clause)] == expected


def test_a_query_is_filed_under_what_is_rare_in_the_sample() -> None:
    """Only posts that hold the rarer of two words are looked at closely."""
    sample: list[dict[str, Any]] = [{"id": str(n), "text": "common common"} for n in range(500)]
    matcher = Matcher([Saved("q", Selection(query="common ra"))], sample=sample)

    assert list(matcher.filed()) == [Term("text", "ra")]


@pytest.mark.parametrize(
    "selection",
    [Selection(toward="x:h:sara"), Selection(edge="repost"), Selection(query='"…"'), Selection(query="(a")],
)
def test_what_cannot_be_matched_is_refused_before_it_is_saved(selection: Selection) -> None:
    """A place in a network is no single post's; a query that cannot be read says where."""
    with pytest.raises(QueryError) as caught:
        check_matchable(selection)

    assert caught.value.remedy
