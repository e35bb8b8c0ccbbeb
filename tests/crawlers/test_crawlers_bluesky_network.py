"""Crawls of a real Bluesky network on loopback (``tests/bluesky``): 500 records, and its firehose."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import job as jobs
from nlp.pipeline import load
from posts.post import Post
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import BadLine, Spool
from store.state import Run, State
from tests.bluesky.network import Network, Started, listening, living, until
from tests.bluesky.records import Account, Pds, Script

pytestmark = [pytest.mark.peer, pytest.mark.timeout(1_200)]

ROOT = Path(__file__).resolve().parents[2]
PAGE_SIZE = 7
LOOPBACK = "0100007F"
"""127.0.0.1 as the system's table of sockets writes it."""


@dataclass
class Town:
    """The network, and the five accounts that have written 500 records on it."""

    network: Network
    accounts: list[Account]
    written: list[dict[str, Any]]

    def of(self, account: Account, *kinds: str) -> set[str]:
        """The ids of what an account has written of these kinds."""
        found = [r for r in self.written if r["did"] == account.did and r["kind"] in kinds]
        return {id_of(record["uri"]) for record in found}


def id_of(uri: str) -> str:
    return f"bluesky:bsky.app:{uri.removeprefix('at://')}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    started = Started(tmp_path_factory.mktemp("bluesky") / "start.log")
    yield started
    processes = started.processes()
    started.stop()
    assert living(processes) == set()


@pytest.fixture(scope="module")
def town(running: Started) -> Town:
    """The script has run, and the AppView shows all of it."""
    network = Network(*running.told)
    script = Script(Pds(network.pds), seed=7)
    script.run()
    network.settle([account.did for account in script.accounts])
    return Town(network, script.accounts, script.written)


class Project:
    """A project that collects from the network, each crawl in a process of its own with pages of seven."""

    def __init__(self, folder: Path, town: Town) -> None:
        self.folder, self._town, self._runs = folder, town, 0

    def begin(self, source: str, **values: Any) -> tuple[subprocess.Popen[bytes], jobs.Job]:
        self._runs += 1
        given: dict[str, Any] = {
            "run_id": f"run-{self._runs}", "due_at": datetime(2026, 11, 1, 12, self._runs, tzinfo=UTC),
            "folder": self.folder, "source": source, "platform": "bluesky", "url": self._town.network.appview,
            "allow_hosts": self._town.network.hosts, "backfill_pages": 1_000, "timeout_s": 90.0,
            "delay_s": 0.0, "page_size": PAGE_SIZE,
        }  # fmt: skip
        job = jobs.Job(**given | values)
        with (self.folder / f"{job.run_id}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawlers", "--job", "-"], stdin=subprocess.PIPE, stderr=log, cwd=ROOT
            )
        assert process.stdin is not None
        process.stdin.write(jobs.encode(job))
        process.stdin.close()
        return process, job

    def crawl(self, source: str, **values: Any) -> Run:
        """The record of a crawl that has ended by itself."""
        process, job = self.begin(source, **values)
        code = process.wait(120)
        log = (self.folder / f"{job.run_id}.log").read_text()
        with State(self.folder / "state.sqlite") as state:
            run = next(run for run in state.runs(job=source) if run.run_id == job.run_id)
            assert (code, run.state, state.dead_letters()) == (0, "done", []), log
        assert run.details["unread"] == {}
        return run

    def killed(self, source: str, *, after: int, **values: Any) -> None:
        """A crawl that is killed with -9 once it has put so many posts into the spool."""
        before = self._waiting()
        process, _ = self.begin(source, delay_s=0.5, **values)
        until(lambda: self._waiting() >= before + after or process.poll() is not None)
        assert process.poll() is None, "it ended before it was killed"
        process.kill()
        process.wait()

    def _waiting(self) -> int:
        return sum(self.spool.count(path) for path in self.spool.files())

    @property
    def spool(self) -> Spool:
        return Spool(self.folder / "spool")

    def posts(self, source: str | None = None, run: Run | None = None) -> list[Post]:
        """What lies in the spool, of one source or run."""
        found = [post for path in self.spool.files() for post in self.spool.read(path)]
        assert [line for line in found if isinstance(line, BadLine)] == []
        return [
            post
            for post in found
            if isinstance(post, Post) and source in (None, post.source)
            if run is None or post.run_id == run.run_id
        ]

    def taken(self) -> Counter[str]:
        """How often each post stands in the store, once intake has taken the spool."""
        with State(self.folder / "state.sqlite") as state:
            store = open_store(StoreSettings(folder=self.folder / "index"))
            store.ensure()
            report = Intake(store, state, self.spool, load(), now=lambda: datetime.now(UTC)).run()
            ids = Counter(document["id"] for document in store.scan("posts", {"match_all": {}}, ["id"]))
            store.close()
        assert (report.stopped, report.refused) == ("", 0)
        return ids


@pytest.fixture
def project(tmp_path: Path, town: Town) -> Project:
    return Project(tmp_path, town)


def test_all_listens_on_loopback_alone(running: Started, town: Town) -> None:
    """Of Postgres, Redis, PLC, PDS and AppView no port can be reached from elsewhere."""
    addresses = listening(running.processes())

    assert {address.partition(":")[0] for address in addresses} == {LOOPBACK}
    assert len(addresses) >= 5
    for host in town.network.hosts:
        assert f"{LOOPBACK}:{int(host.rpartition(':')[2]):04X}" in addresses


def test_feeds_of_all_accounts_give_exactly_what_was_written(town: Town, project: Project) -> None:
    """500 records, a page of seven after the other: none is missing, none comes twice, nothing else comes."""
    runs = {
        account.handle: project.crawl(account.handle, timeline="account", account=account.handle)
        for account in town.accounts
    }

    assert {name: run.outcome for name, run in runs.items()} == dict.fromkeys(runs, "ok")
    for account in town.accounts:
        own = [p.id for p in project.posts(account.handle) if p.author and p.author.handle == account.handle]
        wanted = town.of(account, "post", "reply", "quote", "repost")
        assert Counter(own) == Counter(wanted)
        assert len(wanted) == 100
        assert runs[account.handle].asked >= 100 / PAGE_SIZE
    assert project.taken() == Counter({id_of(r["uri"]): 1 for r in town.written if r["kind"] != "like"})


def test_crawls_that_are_killed_leave_no_gap(town: Town, project: Project) -> None:
    """Each crawl is killed with -9 in its middle and made again: exactly the 500 stand in the store."""
    for number, account in enumerate(town.accounts):
        said = {"timeline": "account", "account": account.handle}
        project.killed(account.handle, after=2 + 10 * number, **said)
        project.crawl(account.handle, **said)

    assert project.taken() == Counter({id_of(r["uri"]): 1 for r in town.written if r["kind"] != "like"})


def test_records_say_what_they_answer_quote_and_pass_on(town: Town, project: Project) -> None:
    """Replies, quotes and reposts name the post they are about; tags and people stand at their bytes."""
    sara = town.accounts[0]
    handles = {account.did: account.handle for account in town.accounts}
    project.crawl("sara", timeline="account", account=sara.handle)
    found = {post.id: post for post in project.posts("sara")}

    for written in (r for r in town.written if r["did"] == sara.did and r["kind"] != "like"):
        post, record = found[id_of(written["uri"])], written["record"]
        about = {
            "reply": lambda record: record["reply"]["parent"]["uri"],
            "quote": lambda record: record["embed"]["record"]["uri"],
            "repost": lambda record: record["subject"]["uri"],
        }.get(written["kind"])
        named = {"reply": post.reply_to, "quote": post.quote_of, "repost": post.repost_of}
        expected = dict.fromkeys(named) | ({} if about is None else {written["kind"]: id_of(about(record))})
        assert named == expected
        if written["kind"] == "repost":
            assert (post.text, post.hashtags, post.metrics.likes) == ("", (), None)
            continue
        assert post.created_at == datetime.fromisoformat(record["createdAt"])
        features = [f["features"][0] for f in record["facets"]]
        assert post.text == record["text"]
        assert post.language == record["langs"][0]
        assert list(post.hashtags) == [f["tag"] for f in features if "tag" in f]
        assert [m.handle for m in post.mentioned] == [handles[f["did"]] for f in features if "did" in f]
        assert [link.url for link in post.links] == [f["uri"] for f in features if "uri" in f]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        pytest.param({"timeline": "search", "query": "قیمت‌ها"}, "قیمت‌ها", id="persian"),  # prices
        pytest.param({"timeline": "search", "query": "battery"}, "battery", id="english"),
        pytest.param({"timeline": "tag", "tag": "جشنواره"}, "#جشنواره", id="tag"),  # festival
    ],
)
def test_search_with_a_session_gives_all_that_it_finds(
    town: Town, project: Project, values: dict[str, str], word: str
) -> None:
    """Signed in at the PDS; page after page until the end."""
    amy = town.accounts[-1]
    tokens = {"identifier": amy.handle, "password": amy.password, "pds": town.network.pds}
    run = project.crawl("search", tokens=tokens, **values)

    wanted = {id_of(r["uri"]) for r in town.written if word in r["record"].get("text", "")}
    assert (run.outcome, run.reason) == ("ok", "")
    assert {post.id for post in project.posts("search")} == wanted
    assert len(wanted) > 2 * PAGE_SIZE


def test_a_thread_gives_its_post_and_all_answers(town: Town, project: Project) -> None:
    """The post that has been answered most often, and who answered."""
    replies = [record for record in town.written if record["kind"] == "reply"]
    root, count = Counter(r["record"]["reply"]["root"]["uri"] for r in replies).most_common(1)[0]
    run = project.crawl("thread", timeline="thread", thread=root)

    wanted = {r["uri"] for r in replies if r["record"]["reply"]["root"]["uri"] == root} | {root}
    assert (run.outcome, run.reason) == ("ok", "")
    assert Counter(post.id for post in project.posts("thread")) == Counter(map(id_of, wanted))
    assert count >= 2


@dataclass
class Newcomer:
    """An account of one test alone, which that test may change."""

    account: Account
    posts: list[dict[str, str]]

    def write(self, count: int) -> list[dict[str, str]]:
        now = datetime.now(UTC).isoformat()
        return self.account.write(
            [
                {"$type": "app.bsky.feed.post", "text": f"پست {n}", "createdAt": now} for n in range(count)
            ]  # post
        )

    def delete(self, uri: str) -> None:
        self.account.delete(uri)

    @property
    def did(self) -> str:
        return self.account.did


@pytest.fixture
def newcomer(town: Town) -> Callable[[int], Newcomer]:
    """Makes an account that has written so many posts, shown by the AppView."""

    def make(count: int) -> Newcomer:
        name = f"n{uuid.uuid4().hex[:10]}"
        made = Newcomer(Account(Pds(town.network.pds), name, "نیما"), [])  # Nima
        made.posts += made.write(count)
        town.network.settle([made.did])
        return made

    return make


def look_at_all_again(project: Project, source: str) -> None:
    """Make every post that is to be looked at again due now."""
    with State(project.folder / "state.sqlite") as state, state.together() as db:
        db.execute("UPDATE rereads SET due_at='2026-01-01T00:00:00+00:00' WHERE source=?", (source,))


def test_a_later_crawl_that_is_killed_leaves_no_gap(
    town: Town, project: Project, newcomer: Callable[[int], Newcomer]
) -> None:
    """40 posts between two crawls are read from the newest down: killed twice on the way, all come."""
    nima = newcomer(10)
    said = {"timeline": "account", "account": nima.did}
    project.crawl("nima", **said)
    more = nima.write(40)
    town.network.settle([nima.did])
    project.killed("nima", after=1, **said)
    project.killed("nima", after=8, **said)
    project.crawl("nima", **said)

    assert project.taken() == Counter(dict.fromkeys((id_of(p["uri"]) for p in [*nima.posts, *more]), 1))


def test_what_was_deleted_is_found_gone(
    town: Town, project: Project, newcomer: Callable[[int], Newcomer]
) -> None:
    """Of 30 posts 8 are deleted and one is liked twice: the second look finds those gone and the likes."""
    nima = newcomer(30)
    said = {"timeline": "account", "account": nima.did}
    first = project.crawl("nima", **said)
    for post in nima.posts[::4]:
        nima.delete(post["uri"])
    liked = nima.posts[1]
    for account in town.accounts[:2]:
        now = datetime.now(UTC).isoformat()
        account.write([{"$type": "app.bsky.feed.like", "subject": liked, "createdAt": now}])
    town.network.settle([nima.did])
    until(lambda: town.network.likes(liked["uri"]) == 2)
    look_at_all_again(project, "nima")
    second = project.crawl("nima", **said)

    gone = {id_of(post["uri"]) for post in nima.posts[::4]}
    again = {post.id: post for post in project.posts("nima", second)}
    assert (first.got, len(gone)) == (30, 8)
    assert {key for key, post in again.items() if post.deleted_at} == gone
    assert again[id_of(liked["uri"])].metrics.likes == 2
    assert again.keys() == {id_of(post["uri"]) for post in nima.posts}


@pytest.fixture
def bridge(town: Town, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Callable[..., Started]]:
    """Starts Jetstream's JSON of the firehose; its first connections are cut after so many events each."""
    port, begun = free_port(), []

    def start(*cuts: int) -> Started:
        given = ["bridge", town.network.firehose, str(port), *map(str, cuts)]
        begun.append(Started(tmp_path / "bridge.log", *given, within_s=60))
        return begun[-1]

    yield start
    for started in begun:
        if started.process.poll() is None:
            started.stop()


def test_what_was_begun_dies_with_its_starter(bridge: Callable[..., Started]) -> None:
    """Killed with -9 it leaves no process behind."""
    started = bridge()
    processes = started.processes()
    started.kill()

    assert len(processes) > 1
    until(lambda: not living(processes))


def test_the_stream_gives_all_posts_over_breaks(
    town: Town, project: Project, bridge: Callable[..., Started], newcomer: Callable[[int], Newcomer]
) -> None:
    """Two connections are broken off and the bridge is away between two crawls: every post has come, and
    every deletion."""
    nima = newcomer(40)
    started = bridge(150, 90)
    (url,) = started.told
    said: dict[str, Any] = {
        "timeline": "stream", "url": url, "appview": town.network.appview, "every_s": 20.0,
        "backfill_to": datetime.now(UTC) - timedelta(days=1),
        "allow_hosts": (url.removeprefix("http://"), *town.network.hosts),
    }  # fmt: skip
    first = project.crawl("stream", **said)
    assert started.log.read_text().split().count("cut") == 2
    started.kill()
    for post in nima.posts[:10]:
        nima.delete(post["uri"])
    more = nima.account.write(
        [
            {"$type": "app.bsky.feed.post", "text": "باز هم", "createdAt": datetime.now(UTC).isoformat()}
        ]  # again
    )
    bridge(5)
    second = project.crawl("stream", **said)

    standing = {id_of(uri) for kind in ("post", "repost") for uri in town.network.standing(kind)}
    deleted = {post.id for post in project.posts("stream", second) if post.deleted_at}
    kept = {post.id for post in project.posts("stream") if not post.deleted_at}
    assert [(run.outcome, run.reason) for run in (first, second)] == [("ok", "")] * 2
    assert deleted >= {id_of(post["uri"]) for post in nima.posts[:10]}
    assert kept - deleted == standing
    assert id_of(more[0]["uri"]) in kept
    assert started.log.read_text().split().count("cut") == 3
