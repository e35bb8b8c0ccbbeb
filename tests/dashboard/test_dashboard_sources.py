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
from config.project import Source
from dashboard import ask
from dashboard.starting import is_contact
from posts.post import Post, encode
from store.spool import Spool
from store.state import State
from words.texts import counted, text

Visit = Callable[..., AppTest]
JETSTREAM = "https://jetstream.example"


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


@pytest.mark.parametrize("language", ["en", "fa"])
def test_sources_that_all_fail_are_told_instead_of_first_posts(
    project: Path, visit: Visit, language: str
) -> None:
    """One failure among two is no reason to say so; the server's own words are no Markdown."""
    now = datetime.now(UTC)
    with State(load(project).state) as state:
        note = {"at": now.isoformat(), "state": "ok", "reason": "", "since": None}
        state.set_note(INTAKE_NOTE, json.dumps(note))
        state.begin_run("run-tea", job="tea", due_at=now, started_at=now)
        state.end_run("run-tea", ended_at=now, outcome="error", reason="![](http://leak.example/p.png)")
        before = visit(lang=language)
        state.begin_run("run-news", job="news", due_at=now, started_at=now)
        state.end_run("run-news", ended_at=now, outcome="refused", reason="no")
    after, page = visit(lang=language), visit("sources", lang=language)

    assert [box.value for box in before.info] == [text("dashboard.first.on_the_way", language)]
    assert not before.warning
    sources = counted("common.unit.source", 2, language)
    assert not after.info
    assert [box.value for box in after.warning] == [
        text("dashboard.first.all_fail", language, sources=sources)
    ]
    assert [line.value for line in after.get("text") if "leak.example" in line.value] == [
        "\u2066tea\u2069: ![](http://leak.example/p.png)"
    ]
    n = "2" if language == "en" else "۲"
    assert [box.value for box in page.warning if "tea, news" in box.value] == [
        text("health.sources_fail", language, n=n, of=n, names="\u2066tea, news\u2069")
    ]


def test_a_stream_may_run_until_it_is_due_again(project: Path) -> None:
    """Else a run that listens would be shown as interrupted; other crawls end after their time limit."""
    edit.add_source(project, Source(name="live", platform="bluesky", timeline="stream", url=JETSTREAM))
    settings = load(project)
    with State(settings.state) as state:
        longest = {facts.name: facts.longest_run for facts in ask._facts(state, settings)}
    usual = timedelta(seconds=settings.crawl.timeout_s + 60)

    assert longest == {"tea": usual, "news": usual, "live": timedelta(minutes=15, seconds=90)}


def test_project_without_sources_leads_to_them(home: Path, visit: Visit) -> None:
    """An empty project asks for its first source; the sources page has the form open."""
    edit.create(home / "projects" / "mine", name="mine")

    assert "has no source" in visit(lang="en").info[0].value
    assert any(field.key == "new_url" for field in visit("sources", lang="en").text_input)
