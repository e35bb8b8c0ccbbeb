"""What was heard stands beside the numbers: the strip, the share, the reasons, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from config.load import load
from dashboard.hearing import share_told
from dashboard.visit import Visit
from posts.post import Post
from store import heard
from store.heard import Stretch
from store.state import State
from trends.recapture import Share

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
RUN = "<b>tea-run</b>"


@pytest.fixture
def ledger(planted: list[Post], home: Path) -> Path:
    """The project of thirty posts, of whose source ``tea`` all was heard but two hours and a deleted post."""
    project = home / "projects" / "tea"
    with State(load(project).state) as state:
        state.begin_run(RUN, job="tea", due_at=NOW - 50 * HOUR, started_at=NOW - 50 * HOUR)
        heard.add(
            state,
            [
                Stretch(source="tea", what="collected", since=NOW - 200 * HOUR, until=NOW - 50 * HOUR),
                Stretch(
                    source="tea", what="missing", since=NOW - 50 * HOUR, until=NOW - 48 * HOUR, why="paging",
                    run_id=RUN,
                ),
                Stretch(source="tea", what="collected", since=NOW - 48 * HOUR, until=NOW),
                Stretch(
                    source="tea", what="deleted", since=NOW - 20 * HOUR, until=NOW - 20 * HOUR, posts=1
                ),
            ],
        )  # fmt: skip
    return project


def specs(page: AppTest) -> list[dict[str, Any]]:
    """The charts of a page."""
    return [json.loads(chart.proto.spec) for chart in page.get("vega_lite_chart")]


def told(page: AppTest) -> list[str]:
    return [str(each.label) for each in page.expander]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(
    ("view", "params"), [("overview", {}), ("hashtag", {"hashtag": "ai"}), ("rising", {}), ("sources", {})]
)
def test_the_strip_stands_where_numbers_do(
    visit: Callable[..., AppTest], ledger: Path, view: str, params: dict[str, str], language: str
) -> None:
    """On each page whose numbers hang on what was heard, with its share in words."""
    page = visit(view, lang=language, **params)
    legend = {"en": "collected", "fa": "\u2067گردآوری‌شده\u2069"}[language]  # collected
    sentence = {"en": "Heard of these", "fa": "شنیده‌شده از این"}[language]  # heard of these

    assert not page.exception
    assert [sentence in label for label in told(page) if sentence[:5] in label] == [True]
    drawn = [spec for spec in specs(page) if legend in json.dumps(spec, ensure_ascii=False)]
    assert len(drawn) == 1
    assert ("layer" in drawn[0]) == (view in ("overview", "hashtag"))


def test_without_a_ledger_nothing_is_claimed(visit: Callable[..., AppTest], planted: list[Post]) -> None:
    """No strip, and words that say so; not 100 %."""
    page = visit("overview")

    assert ["cannot be told" in label for label in told(page) if "Heard" in label] == [True]
    assert '"part"' not in json.dumps(specs(page))
    assert len(specs(page)) == 1


def test_a_share_is_written_with_its_bounds(project: Path) -> None:
    """Never 100 % where not all was heard; without a share what it is at most."""
    visit = Visit(settings=load(project), language="en", now=NOW)

    assert share_told(visit, Share(share=0.93, low=0.84, high=0.9999)) == "93% (84% to 99.9%)"
    assert share_told(visit, Share(share=0.9996, low=0.9991, high=1.0)) == "99.9%"
    assert share_told(visit, Share(share=1.0, low=1.0, high=1.0)) == "100%"
    assert share_told(visit, Share(high=0.7)) == "at most 70%"
    assert share_told(visit, Share()) == "cannot be told"
