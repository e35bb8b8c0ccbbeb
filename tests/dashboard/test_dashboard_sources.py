"""From a project just made to its first source: the contact, the start, a preview, and taking it away."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from answers.health import INTAKE_NOTE
from config import edit
from config.adding import free_name
from config.load import load
from config.project import Brand, Source
from dashboard.starting import is_contact
from nlp.pipeline import load as load_pipeline
from posts.post import Post, encode
from store import open_store, rereads
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from words.texts import text

Visit = Callable[..., AppTest]


@pytest.fixture
def starter(home: Path) -> Path:
    """The folder of the starter project, as the service makes it."""
    folder = home / "projects" / "starter"
    edit.create(folder, "starter", name="starter")
    return folder


@pytest.fixture
def feed(project: Path) -> Iterator[str]:
    """The address of a feed of seven posts, which the project may crawl."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/rss.xml"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(build_feed() if found else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    edit.set_value(project, "crawl.allow_hosts", [host])
    edit.set_value(project, "crawl.delay_s", 0)
    try:
        yield f"http://{host}/rss.xml"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build_feed() -> bytes:
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>Tea {n}</title><link>https://tea.example/{n}</link><guid>tea-{n}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(hours=n))}</pubDate></item>"
        for n in range(7)
    )
    head = "<title>Tea</title><link>https://tea.example/</link><description>tea</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def problems(page: AppTest) -> list[str]:
    return [error.value for error in page.error] + [str(error) for error in page.exception]


def press(page: AppTest, key: str) -> AppTest:
    """Press the button whose key this is (a form puts its own name before it)."""
    return next(button for button in page.button if button.key and key in button.key).click().run()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_starter_begins_with_a_contact(starter: Path, visit: Visit, language: str) -> None:
    """Without a contact nothing starts; with one all the chosen sources do, and the form is gone."""
    page = visit("sources", lang=language)
    page.text_input(key="start_contact").input("somebody")
    press(page, "start_go")

    assert len(page.error) == 1
    assert load(starter).project.contact == ""

    names = [source.name for source in load(starter).sources]
    page.text_input(key="start_contact").input("sara@example.org")
    page.multiselect(key="start_which").set_value(names[:2])
    press(page, "start_go")

    assert problems(page) == []
    assert len(page.success) == 1
    assert load(starter).project.contact == "sara@example.org"
    assert [source.name for source in load(starter).sources if not source.paused] == names[:2]
    assert not [field for field in page.text_input if field.key == "start_contact"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("sara@example.org", True), ("mailto:sara@example.org", True), ("https://example.org/about", True),
        ("", False), ("sara", False), ("sara@", False), ("sara at example.org", False),
        ("javascript:alert(1)", False), ("https://", False), ("a@b.example (x)", False),
    ],
)  # fmt: skip
def test_contact_reaches_somebody(text: str, right: bool) -> None:
    """A mail address or a web page is a contact, nothing else."""
    assert is_contact(text) is right


def test_source_is_looked_at_before_it_is_kept(project: Path, feed: str, visit: Visit) -> None:
    """A new feed shows five of its posts; only then can it be added, paused, and removed again."""
    page = visit("sources", lang="en")
    page.text_input(key="new_url").input(feed)
    preview = next(button for button in page.button if button.label == "Preview five posts")
    page = preview.click().run()

    assert problems(page) == []
    assert "127-0-0-1 brings posts like these" in [heading.value for heading in page.subheader]
    assert len(load(project).sources) == 2

    press(page, "new_save")

    assert load(project).source("127-0-0-1").url == feed
    assert len(page.success) == 1

    page.selectbox(key="source_chosen").select("127-0-0-1").run()
    press(page, "source_pause")

    assert load(project).source("127-0-0-1").paused

    press(page, "source_remove")

    assert [source.name for source in load(project).sources] == ["tea", "news"]
    assert problems(page) == []


def test_wrong_source_is_told_in_the_language_of_the_page(project: Path, visit: Visit) -> None:
    """A mistake in the form names the field in Persian, and a name that is taken is no second source."""
    page = visit("sources", lang="fa")
    page.text_input(key="new_url").input("nowhere")
    button = next(button for button in page.button if button.label == "پیش‌نمایش پنج پست")  # preview
    button.click().run()

    assert [error.value for error in page.error] == [text("dashboard.sources.no_address", "fa")]

    page.segmented_control(key="new_platform").set_value("feed").run()
    page.text_input(key="new_url_feed").input("nowhere")
    button = next(button for button in page.button if button.label == "پیش‌نمایش پنج پست")  # preview
    button.click().run()

    assert any(shown.value.startswith("نشانی:") for shown in page.get("text"))  # address

    page.text_input(key="new_url_feed").input("https://tea.example/feed")
    page.text_input(key="new_name").input("tea")
    button = next(button for button in page.button if button.label == "پیش‌نمایش پنج پست")  # preview
    button.click().run()

    assert "نام دیگری" in page.error[0].value  # another name


def test_names_are_suggested() -> None:
    """A source without a name is called after its place and what it reads, and never like another."""
    assert free_name({"url": "https://www.Isna.ir/rss"}, set()) == "isna-ir"
    assert free_name({"url": "https://isna.ir/rss"}, {"isna-ir", "isna-ir-2"}) == "isna-ir-3"
    assert free_name({"url": "https://mastodon.social", "tag": "AI"}, set()) == "mastodon-social-ai"
    assert free_name({"platform": "telegram", "url": "https://t.me", "account": "ISNA94"}, set()) == (
        "telegram-isna94"
    )
    assert free_name({"url": "nowhere"}, set()) == "source"


def test_dead_letters_are_listed(project: Path, visit: Visit) -> None:
    """What could not be taken stands there with source, subject, reason and time."""
    with State(load(project).state) as state:
        state.bury("news", "line 3", "no time ![](http://leak.example/p.png)", at=datetime.now(UTC))
    page = visit("sources", lang="en")

    assert any("1 dead letter" in expander.label for expander in page.expander)
    assert problems(page) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_dead_letter_is_explained_and_tried_again(
    project: Path, visit: Visit, filled: tuple[Path, list[Post]], language: str
) -> None:
    """A post gets a button that puts it into the spool; a place in a feed tells that it comes again."""
    settings, post = load(project), filled[1][0]
    with State(settings.state) as state:
        state.bury("news", "entry 3", "no date", at=datetime.now(UTC) - timedelta(minutes=1))
        state.bury("tea", post.id, "status 400", at=datetime.now(UTC), payload=encode(post).decode())
    page = visit("sources", lang=language)
    said = [text.value for text in page.get("text")]
    press(page, "letter_retry")
    (file,) = Spool(settings.spool).files()

    assert any(text("common.letter.post.remedy", language) in line for line in said)
    assert [found.id for found in Spool(settings.spool).read(file) if isinstance(found, Post)] == [post.id]
    assert len(Spool(settings.spool).header(file).letters) == 1
    assert not page.exception
    page.selectbox(key="letter_chosen").select_index(1).run()
    assert any(text("common.letter.place.what", language) in line.value for line in page.get("text"))
    assert not [button for button in page.button if button.key == "letter_retry"]


def test_broken_project_file_is_told(project: Path, visit: Visit) -> None:
    """The scheduler's note about the project file is shown beside the sources."""
    with State(load(project).state) as state:
        state.set_note("settings.problem", "project.toml:3: no such key")
    page = visit("sources", lang="en")

    assert "project file has mistakes" in page.error[0].value


def test_first_posts_are_announced(project: Path, visit: Visit, filled: tuple[Path, list[Post]]) -> None:
    """A project without posts says what is missing: the service, or only a moment."""
    assert "service does not run" in visit(lang="en").info[0].value

    Spool(load(project).spool).write(filled[1], source="tea")

    assert "30 posts wait in the spool" in visit(lang="en").info[0].value

    with State(load(project).state) as state:
        note = {"at": datetime.now(UTC).isoformat(), "state": "ok", "reason": "", "since": None}
        state.set_note(INTAKE_NOTE, json.dumps(note))

    assert "being taken in" in visit(lang="en").info[0].value


def test_project_without_sources_leads_to_them(home: Path, visit: Visit) -> None:
    """An empty project asks for its first source; the sources page has the form open."""
    edit.create(home / "projects" / "mine", name="mine")

    assert "has no source" in visit(lang="en").info[0].value
    assert any(field.key == "new_url" for field in visit("sources", lang="en").text_input)


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
    costs = [caption.value for caption in page.caption]
    press(page, "backfill_go")
    with State(load(project).state) as state:
        asked = datetime.fromisoformat(state.cursor(busy, "backfill_asked") or "")

    assert (there, "already" in told[0]) == (None, True)
    # 63 days of 24 posts, 20 on a page, five pages a turn.
    assert any("76 requests, in about 16 turns (over 4 hours)" in cost for cost in costs)
    assert timedelta(days=89) < datetime.now(UTC) - asked < timedelta(days=91)
    assert "goes back to" in page.success[0].value


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
