"""Random bodies of the subset: both engines against an oracle that counts document by document."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from store.protocol import Document, Store
from tests.store import oracle
from tests.store.alike import difference
from tests.store.bodies import Bodies
from tests.store.oracle_hits import matches, page

Body = dict[str, Any]

_PERCENTILES = {"embedded": 1e-9, "elasticsearch": 0.05}
_SOAK = 20_000


def _check(store: Store, engine: str, stored: list[Document], body: Body) -> None:
    expected, found = oracle.search(stored, body), store.search("posts", body)
    told = difference(expected, found, percentiles=_PERCENTILES[engine])

    assert told is None, f"{told}\n{json.dumps(body, ensure_ascii=False)}"


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def engine(request: pytest.FixtureRequest) -> tuple[str, Store]:
    """Each engine's name, with the corpus in it."""
    return request.param, request.getfixturevalue(f"{request.param}_world")


@pytest.mark.parametrize("part", range(8))
def test_engine_agrees_with_the_oracle(engine: tuple[str, Store], stored: list[Document], part: int) -> None:
    """Totals, pages, buckets and numbers are those of counting by hand."""
    name, store = engine
    for seed in range(part * 25, part * 25 + 25):
        _check(store, name, stored, Bodies(seed).body())


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_engine_agrees_with_the_oracle_on_and_on(
    engine: tuple[str, Store], stored: list[Document], part: int
) -> None:
    """The same for 20,000 bodies."""
    name, store = engine
    for seed in range(1_000 + part * (_SOAK // 20), 1_000 + (part + 1) * (_SOAK // 20)):
        _check(store, name, stored, Bodies(seed).body())


@pytest.mark.parametrize("seed", range(6))
def test_pages_behind_one_another_are_the_whole_order(
    engine: tuple[str, Store], stored: list[Document], seed: int
) -> None:
    """With ``search_after`` each page begins where the one before ended, whatever is sorted by."""
    rng = random.Random(seed)
    body = Bodies(f"pages {seed}").body()
    request = {key: body[key] for key in ("query", "sort") if key in body} | {"_source": False}
    whole = page([d for d in stored if matches(body["query"], d)], request, 300)
    found: list[Body] = []
    after: Body = {}
    while len(found) <= len(whole):
        size = rng.choice([1, 7, 60])
        answer = engine[1].search("posts", {**request, **after, "size": size})
        hits = answer["hits"]["hits"]
        found += hits
        if len(hits) < size:
            break
        after = {"search_after": hits[-1]["sort"]}

    assert whole == found


@pytest.mark.parametrize("seed", range(6))
def test_keys_behind_one_another_are_all_keys(
    engine: tuple[str, Store], stored: list[Document], seed: int
) -> None:
    """With ``after`` each page of ``composite`` begins where the one before ended."""
    agg = Bodies(f"keys {seed}")._composite()["composite"]
    request = {"size": 0, "aggs": {"c": {"composite": {**agg, "size": 10_000}}}}
    whole = oracle.search(stored, request)["aggregations"]["c"]["buckets"]
    found: list[Body] = []
    after: Body = {}
    while True:
        part = {"size": 0, "aggs": {"c": {"composite": {**agg, "size": 37, **after}}}}
        answer = engine[1].search("posts", part)["aggregations"]["c"]
        found += answer["buckets"]
        if len(answer["buckets"]) < 37:
            break
        after = {"after": answer["after_key"]}

    assert whole == found
    assert whole
