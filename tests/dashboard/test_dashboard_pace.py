"""Sources as the page shows them: pace against habit, older posts on request, what is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from config import edit
from config.load import load
from config.project import Brand, Source
from nlp.pipeline import load as load_pipeline
from posts.post import Post
from store import open_store, rereads
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from words.texts import text

Visit = Callable[..., AppTest]


def problems(page: AppTest) -> list[str]:
    return [error.value for error in page.error] + [str(error) for error in page.exception]


def press(page: AppTest, key: str) -> AppTest:
    """Press the button whose key this is (a form puts its own name before it)."""
    return next(button for button in page.button if button.key and key in button.key).click().run()


def table_of(page: AppTest, key: str = "sources") -> list[dict[str, object]]:
    """The rows of the table of sources as the browser gets them: the cells by the label of their column."""
    found = next(element for element in page.get("bidi_component") if key in str(element.proto.id))
    data = json.loads(found.proto.json)
    labels = [column["label"] for column in data["columns"]]
    return [dict(zip(labels, row, strict=True)) for row in data["rows"]]


@pytest.fixture
def busy(project: Path) -> str:
    """A channel of four weeks, a post an hour and three in the last; with a run, a budget and a look due."""
    edit.add_source(project, Source(name="isna", platform="telegram", url="https://t.me", account="isna94"))
    settings, now = load(project), datetime.now(UTC)
    top = now.replace(minute=0, second=0, microsecond=0)
    moments = [top - timedelta(hours=n, minutes=30) for n in range(24 * 27)]
    moments += [top - timedelta(minutes=minute) for minute in (10, 20)]
    posts = [
        Post(id=f"telegram:t.me:isna94/{n}", platform="telegram", kind="messenger", source="isna",
             created_at=at, collected_at=now, text="چای")  # tea
        for n, at in enumerate(moments)
    ]  # fmt: skip
    Spool(settings.spool).write(posts, source="isna")
    store = open_store(StoreSettings(folder=settings.index))
    store.ensure()
    with State(settings.state) as state:
        Intake(store, state, Spool(settings.spool), load_pipeline(), now=lambda: now).run()
        at = now - timedelta(minutes=5)
        state.begin_run("r", job="isna", due_at=at, started_at=at)
        limits = {"t.me": {"left": 3, "of": 100, "reset_s": 3600}}
        state.end_run(
            "r", ended_at=at, outcome="ok", asked=7, got=2, details={"delay_s": 130, "limits": limits}
        )
        rereads.note(state, "isna", [("p", "ref", now - timedelta(hours=2))], at=now - timedelta(hours=2))
    store.close()
    return "isna"


@pytest.mark.parametrize(
    ("language", "hour", "told"),
    [
        (
            "en",
            "An hour",
            ["about 24 expected", "usual 1–1", "delay 2 minutes", "3 of 100 left, 1 looks due"],
        ),
        (
            "fa",
            "در ساعت",  # an hour
            ["انتظار حدود ۲۴", "معمولاً ۱ تا ۱", "تأخیر ۲ دقیقه", "۳ از ۱۰۰ مانده، ۱ بازدید عقب‌افتاده"],
        ),  # the same
    ],
)
def test_pace_is_shown_against_the_habit(
    visit: Visit, busy: str, language: str, hour: str, told: list[str]
) -> None:
    """Posts of the hour open theirs; what is usual, the delay, the budget and the looks stand below."""
    page = visit("sources", lang=language, project="tea")
    row = next(row for row in table_of(page) if busy in str(row))
    cells = [cell for cell in row.values() if isinstance(cell, dict)]

    assert problems(page) == []
    assert [part for part in told if not any(part == cell.get("below") for cell in cells)] == []
    last_hour = row[hour]
    assert isinstance(last_hour, dict)
    assert last_hour["text"] in ("3", "۳")
    assert last_hour["link"]["params"]["source"] == busy


def test_older_posts_are_asked_for(visit: Visit, project: Path, busy: str) -> None:
    """The button notes the moment for the spider, and says what happens; what is there is not asked for."""
    page = visit("sources", lang="en")
    page.selectbox(key="source_chosen").select(busy).run()
    page.session_state[f"backfill_{busy}"] = True
    page.run()
    page.selectbox(key="backfill_days").select(7).run()
    press(page, "backfill_go")
    with State(load(project).state) as state:
        there = state.cursor(busy, "backfill_asked")
    told = [success.value for success in page.success]
    page.session_state[f"backfill_{busy}"] = True
    page.run()
    page.selectbox(key="backfill_days").select(90).run()
    costs = [text.value for text in page.text]
    press(page, "backfill_go")
    with State(load(project).state) as state:
        asked = datetime.fromisoformat(state.cursor(busy, "backfill_asked") or "")
    said = page.success[0].value
    page.session_state[f"backfill_{busy}"] = True
    page.run()
    page.selectbox(key="backfill_days").select(90).run()
    press(page, "backfill_go")
    with State(load(project).state) as state:
        later = datetime.fromisoformat(state.cursor(busy, "backfill_asked") or "")

    assert (there, "already" in told[0]) == (None, True)
    # 63 days of 24 posts, 20 on a page, five pages a turn.
    assert any("76 requests, in about 16 turns (over 4 hours)" in cost for cost in costs)
    assert timedelta(days=89) < datetime.now(UTC) - asked < timedelta(days=91)
    assert "goes back to" in said
    assert (later, "An earlier request reaches further" in page.success[0].value) == (asked, True)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_accounts_that_nobody_collects_are_added_at_once(visit: Visit, project: Path, language: str) -> None:
    """One button makes a source of each account of a rival that has none."""
    edit.add_rival(project, Brand(name="Golbarg", accounts=("@golbarg@social.example", "eitaa:golbarg")))
    page = visit("sources", lang=language)
    press(page, "unheard_add")
    found = {source.name: source for source in load(project).sources}

    assert problems(page) == []
    assert found["social-example-golbarg"].account == "golbarg"
    assert found["eitaa-golbarg"].platform == "eitaa"
    assert not [button for button in page.button if button.key == "unheard_add"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_a_source_needs_is_said_before_it_is_asked(
    visit: Visit, project: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hashtag of Bluesky needs an app password: which variable, how to get it; and it can be kept."""
    page = visit("sources", lang=language)
    page.text_input(key="new_url").input("https://bsky.app/hashtag/چای")  # tea
    press(page, "new_source")

    assert problems(page) == []
    assert "RASAD_BLUESKY_PASSWORD" in page.warning[0].value
    press(page, "new_save")
    assert load(project).source("bluesky").tag == "چای"  # tea
    assert any("RASAD_BLUESKY_PASSWORD" in str(row) for row in table_of(page))


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        ("https://x.com/sara", "not_collected"),
        ("t.me/+abc", "not_collected"),
        ("سلام", "no_address"),  # hello
        ("https://tea.example", "same"),
    ],
)
def test_what_cannot_be_a_source_is_told_in_persian(
    visit: Visit, project: Path, pasted: str, key: str
) -> None:
    """And nothing is kept."""
    page = visit("sources", lang="fa")
    if key == "same":
        page.segmented_control(key="new_platform").set_value("mastodon").run()
        page.text_input(key="new_url_mastodon").input(pasted)
    else:
        page.text_input(key="new_url").input(pasted)
    press(page, "new_source")

    assert [error.value for error in page.error] == [
        text(f"dashboard.sources.{key}", "fa", **({"source": "tea"} if key == "same" else {}))
    ]
    assert len(load(project).sources) == 2


def test_fifty_sources_are_listed(visit: Visit, project: Path) -> None:
    """Each has its row, and the page none of its errors."""
    names = [f"channel-{number}" for number in range(48)]
    for name in names:
        edit.add_source(
            project,
            Source(name=name, platform="telegram", url="https://t.me", account=name.replace("-", "_")),
        )
    page = visit("sources", lang="fa")

    assert problems(page) == []
    assert len(table_of(page)) == 50
