"""Why it rose, its audience and its platforms, on both engines: what is planted is told and can be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import Asking, SourceFacts
from answers.audience import audience
from answers.crossing import crossing, crossings
from answers.why import Why, why
from config.demo import stories
from config.demo.drafts import Stage, finished
from config.demo.everyday import Tones
from config.demo.people import cast
from nlp.hashtags import key
from posts.answer import Figure
from posts.post import Author, Link, Post
from posts.selection import Selection, from_params
from store import heard
from store.heard import Stretch
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
DAWN = NOW - timedelta(hours=20)
"""When the planted rise begins: on one platform, three hours later on the other."""
ARTICLE = DAWN - timedelta(hours=2, minutes=10)
PEOPLE = {"authors", "together", "apart", "stayed", "new", "lost", "earlier", "people", "now", "before"}
COMPUTED = {"expected"}
VOCABULARY = (
    "light", "people", "window", "street", "morning", "bread", "river", "paper", "letter", "garden", "winter",
    "road", "music", "table", "silver", "mountain", "yellow", "quiet", "market", "station", "coffee", "rain",
)  # fmt: skip


def written(platform: str, number: int | str, at: datetime, by: int | None, text: str, **parts: Any) -> Post:
    """A post on a platform by its author of that number."""
    name = f"{platform}:{platform}.example"
    author = None if by is None else Author(key=f"{name}:p{by}", handle=f"p{by}", followers=10 * by)
    values: dict[str, Any] = {
        "id": f"{name}:{number}", "platform": platform, "kind": "text", "source": platform,
        "created_at": at.replace(microsecond=0), "collected_at": at + timedelta(minutes=1),
        "author": author, "text": text,
    }  # fmt: skip
    return Post(**(values | parts))


def words(seed: int) -> str:
    """Seven words that no other post says together."""
    return " ".join(Random(seed).sample(VOCABULARY, 7))


def planted() -> Iterator[Post]:
    """Talk of four weeks on two platforms, and a rise that an article led, that moved and had carriers."""
    for number in range(28 * 8):
        at, by = NOW - timedelta(hours=3 * number + 1, minutes=number % 50), number % 40
        said = f"talk number {number} of an ordinary day" + (" #noon" if number % 4 == 0 else "")
        yield written("mastodon" if number % 2 else "bluesky", number, at, by, said)
    linked = (Link(url="https://www.paper.example.org/story"),)
    for step in range(14):
        for platform, late in (("bluesky", 0), ("mastodon", 3)):
            at = DAWN + timedelta(hours=late, minutes=6 * step)
            said = f"{words(step + 20 * late)} #dawn" + (" #early" if step < 8 else "")
            links = linked if step % 3 == 0 else ()
            yield written(platform, f"d{step}", at, step, said, links=links)
    yield written(
        "feed", "story", ARTICLE, None, "It is early.", title="Light", kind="news",
        url="https://paper.example.org/story?utm_source=feed",
    )  # fmt: skip
    # It has the word of the hashtag, as two had long before.
    for number, before in enumerate((timedelta(minutes=40), timedelta(days=9), timedelta(days=12))):
        title = "Dawn over the city"
        yield written("feed", f"n{number}", DAWN - before, None, "It is bright.", title=title, kind="news")
    # The first of them is passed on and answered; one author writes again and again; nobody signs one.
    for number in range(6):
        at, by = DAWN + timedelta(minutes=70 + number), 20 + number
        kind = {"repost_of": "bluesky:bluesky.example:d0", "repost_of_author": "bluesky:bluesky.example:p0"}
        if number > 3:
            kind = {"reply_to": "bluesky:bluesky.example:d0", "reply_to_author": "bluesky:bluesky.example:p0"}
        yield written("bluesky", f"c{number}", at, by, "" if number < 4 else "well said", **kind)
        yield written("bluesky", f"m{number}", at, 3, f"{words(90 + number)} #dawn")
    yield written("bluesky", "nobody", DAWN + timedelta(minutes=30), None, "unsigned #dawn")
    # Who says dawn says tea as well, and did not in the window before; others speak of noon.
    for step in range(14):
        yield written("mastodon", f"t{step}", NOW - timedelta(hours=10, minutes=step), step, "with #tea")
        yield written("mastodon", f"u{step}", NOW - timedelta(hours=40, minutes=step), step, "no words")


def told_by_the_demo() -> tuple[dict[str, Any], list[Post]]:
    """Three stories of the demo, the first hours of one of them, and what is true about them."""
    stage, people, now = Stage(rng=Random(7)), cast(7), NOW
    truth = {
        "burst": stories.burst(stage, people, now),
        "weekly": stories.weekly(stage, people, now),
        "crisis": stories.crisis(stage, people, now, Tones(Random(3))),
    }
    until = truth["crisis"]["start"] + timedelta(hours=5)
    late = {id(draft) for draft in truth["crisis"]["drafts"] if draft.at >= until}
    kept = [draft for draft in stage.drafts if id(draft) not in late and draft.at < NOW]
    return truth, finished(kept, seed="7", now=now)


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def asking(
    request: pytest.FixtureRequest, open_engine: Callable[[str], Any], fill: Callable[..., None],
    build_asking: Callable[..., Asking], tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Asking]:  # fmt: skip
    """The planted posts and the demo's stories on each engine; nobody writes to it."""
    store, folder = open_engine(request.param), tmp_path_factory.mktemp("why")
    with State(folder / "state.sqlite") as state:
        fill(store, state, folder, [*planted(), *told_by_the_demo()[1]])
        names = ("mastodon", "bluesky", "feed", "chatra", "teapot")
        facts = [SourceFacts(name=n, platform=n if n in names[:3] else "mastodon") for n in names]
        yield build_asking(store, state, sources=tuple(facts))


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return told_by_the_demo()[0]


def figures(value: Any, path: str = "") -> Iterator[tuple[str, Figure]]:
    """Every figure in a record, with the way to it."""
    if isinstance(value, Figure):
        yield path, value
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from figures(part, f"{path}[{place}]")
    elif is_dataclass(value) and not isinstance(value, Post):
        for part in fields(value):
            yield from figures(getattr(value, part.name), f"{path}.{part.name}")


def assert_opens(asking: Asking, value: Any, *, least: int) -> None:
    """Each number is counted again from the posts that its address opens."""
    wrong, some = {}, 0
    for path, figure in figures(value):
        name = path.rsplit(".", 1)[-1]
        if name in COMPUTED:
            continue
        opened = list(answered_posts.stream(asking, from_params(figure.selection.to_params())))
        people = {post.author.key for post in opened if post.author}
        counted = len(people) if name in PEOPLE else len(opened)
        some += bool(counted)
        if figure.value != counted:
            wrong[path] = figure.value, counted

    assert wrong == {}
    assert some >= least


def of_tag(asking: Asking, tag: str, *, days: float = 7) -> Why:
    return why(asking, Selection(hashtag=key(tag), since=NOW - timedelta(days=days))).value


def test_the_rise_and_what_led_it(asking: Asking) -> None:
    """Since its hour, by whom first; the article whose address it shares came 2 h 10 min before, another one
    with its word 40 minutes, by no coincidence."""
    found = of_tag(asking, "dawn")

    assert found.state == "rose"
    assert found.began is not None
    assert DAWN - timedelta(hours=1) < found.began <= DAWN
    first, second = found.platforms
    assert [first.platform, second.platform] == ["bluesky", "mastodon"]
    assert (first.told, second.first.after_s) == (True, 3 * 3600)
    assert [(row.post.id, row.after_s) for row in found.first[:2]] == [
        ("bluesky:bluesky.example:d0", 0), ("bluesky:bluesky.example:d1", 360),
    ]  # fmt: skip
    linked, worded = found.outside.articles
    assert (linked.lead_s, linked.by, linked.base_rate) == (130 * 60, "link", None)
    assert (worded.lead_s, worded.by) == (40 * 60, "words")
    # Twice forty minutes of some 26 days had such an article as shortly before.
    assert worded.base_rate == pytest.approx(80 / (60 * 24 * 26), rel=0.05)
    (page,) = found.outside.links
    assert (page.name, page.posts.value, page.authors.value) == ("paper.example.org/story", 10, 10)
    assert [row.key for row in found.companions] == ["early"]
    assert found.companions[0].together.value == 16


def test_who_carried_it(asking: Asking) -> None:
    """Four reposts and two replies went to the first; the most followed stand beside."""
    found = of_tag(asking, "dawn").carriers

    (row,) = found.rows
    assert row.key == "bluesky:bluesky.example:p0"
    assert (row.reposts.value, row.replies.value, row.quotes.value, row.share) == (4, 2, 0, 1.0)
    assert (found.acts, found.people, found.top_share) == (6, 34, 1.0)
    assert found.brought == pytest.approx(7 / 34)
    assert found.loudest[0].followers == 130


def test_what_is_left_of_it(asking: Asking) -> None:
    """All authors are left; of one, three posts of seven are."""
    found = of_tag(asking, "dawn").organic

    assert (found.authors, found.all_authors, found.share) == (28, 28, 1.0)
    assert {group.rule: (group.posts.value, group.authors) for group in found.groups} == {"many": (4, 1)}
    assert found.posts.value == (found.all_posts.value or 0) - 4


def test_the_demos_burst_is_not_organic(asking: Asking, truth: dict[str, Any]) -> None:
    """Twelve accounts say the same within ninety seconds: nothing is left, and the hour is told."""
    found = of_tag(asking, truth["burst"]["tags"][0])

    assert (found.state, found.authors.value) == ("rose", 12)
    assert found.began == truth["burst"]["start"].replace(minute=0, second=0)
    assert (found.organic.posts.value, found.organic.share) == (0, 0.0)
    together = next(group for group in found.organic.groups if group.rule == "together")
    assert (together.posts.value, together.authors) == (12, 12)


def test_the_demos_crisis_is_mostly_organic(asking: Asking, truth: dict[str, Any]) -> None:
    """It began twenty hours ago, and most of its people wrote something of their own."""
    found = of_tag(asking, truth["crisis"]["tags"][0])

    assert found.state == "rose"
    assert found.began is not None
    assert abs(found.began - truth["crisis"]["start"]) <= timedelta(hours=1)
    assert found.organic.share is not None
    assert found.organic.share > 0.6


def test_the_demos_weekly_gathering_does_not_rise(asking: Asking, truth: dict[str, Any]) -> None:
    """It meets every week at that hour; who was there is told all the same."""
    found = of_tag(asking, truth["weekly"]["tags"][0])

    assert (found.state, found.began, found.expected.value) == ("steady", None, None)
    assert len(found.first) == 5


@pytest.mark.parametrize(
    ("selection", "state"),
    [
        (Selection(hashtag="nothing"), "few"),
        (Selection(platform="feed"), "few"),
        (Selection(hashtag="noon", since=NOW - timedelta(days=60)), "short"),
        (Selection(query="talk", since=NOW - timedelta(days=2)), "steady"),
    ],
)
def test_what_cannot_be_told(asking: Asking, selection: Selection, state: str) -> None:
    """Nobody, nobody who signs, no past; and ordinary talk."""
    found = why(asking, selection).value

    assert (found.state, found.began) == (state, None)
    assert_opens(asking, found, least=0)


def test_numbers_open_their_posts(asking: Asking) -> None:
    """Of the rise, of its audience and of its platforms, for a hashtag and for a query."""
    tag = Selection(hashtag="dawn", since=NOW - timedelta(days=1))
    for chosen in (tag, Selection(query="#dawn OR people", since=NOW - timedelta(days=1))):
        assert_opens(asking, why(asking, chosen).value, least=15)
        assert_opens(asking, audience(asking, chosen).value, least=5)
    assert_opens(asking, crossing(asking, tag).value, least=2)
    assert_opens(asking, crossings(asking, Selection()).value, least=2)


def test_the_audience_and_how_it_shifts(asking: Asking) -> None:
    """They talk of tea, which others do not, and did not the day before; who is new is told."""
    found = audience(asking, Selection(hashtag="dawn", since=NOW - timedelta(days=1))).value

    assert (found.state, found.authors.value, found.earlier.value, found.new.value) == ("told", 28, 0, 28)
    assert found.retention is None
    tea = next(row for row in found.interests if row.key == "tea")
    assert (tea.people.value, tea.rest_share) == (14, 0.0)
    assert 1 < tea.low < tea.ratio < tea.high
    (shift,) = [row for row in found.shifts if row.key == "tea"]
    assert (shift.now.value, shift.before.value, shift.rest_change) == (14, 0, 0.0)
    assert 0 < shift.low < shift.change <= 1
    assert {part.code: part.authors.value for part in found.platforms} == {"bluesky": 14, "mastodon": 14}


def test_who_stays(asking: Asking, truth: dict[str, Any]) -> None:
    """Of the weekly gathering: those of this week who came last week, by plain looking."""
    tag = truth["weekly"]["tags"][0]
    found = audience(asking, Selection(hashtag=key(tag))).value
    week, ids = timedelta(days=7), {draft.id for draft in truth["weekly"]["drafts"]}
    made = {post.id: post for post in told_by_the_demo()[1] if post.id in ids}.values()
    now, before = (
        {post.author.key for post in made if post.author and begin <= post.created_at < begin + week}
        for begin in (NOW.replace(microsecond=0) - week, NOW.replace(microsecond=0) - 2 * week)
    )

    assert (found.stayed.value, found.new.value, found.lost.value) == (
        len(now & before), len(now - before), len(before - now),
    )  # fmt: skip
    assert found.retention == pytest.approx(len(now & before) / len(before))
    assert found.low < found.retention < found.high


def test_too_few_and_everybody_have_no_audience(asking: Asking) -> None:
    """Nobody to compare with is said so."""
    assert audience(asking, Selection(hashtag="nothing")).value.state == "few"
    assert audience(asking, Selection()).value.state == "alone"


def test_a_trend_moves_from_platform_to_platform(asking: Asking) -> None:
    """Three hours from the one to the other, surely; noon was there before."""
    found = crossings(asking, Selection(since=NOW - timedelta(days=2))).value
    (dawn,) = [row for row in found.rows if row.key == "dawn"]

    assert [each.platform for each in dawn.arrivals] == ["bluesky", "mastodon"]
    assert (dawn.lag.value, dawn.sure) == (3 * 3600, "told")
    assert dawn.lag.low is not None
    assert dawn.lag.high is not None
    assert dawn.lag.low <= 3 * 3600 <= dawn.lag.high
    assert dawn.lag.stable > 0.95
    assert "noon" not in {row.key for row in found.rows}
    assert [(row.first, row.second, row.trends, row.lead.first) for row in found.leads] == [
        ("bluesky", "mastodon", 2, 2)
    ]
    one = crossing(asking, Selection(hashtag="dawn", since=NOW - timedelta(days=2))).value
    assert one is not None
    assert (one.lag, one.sure) == (dawn.lag, "told")


def test_one_platform_leads_nowhere(asking: Asking) -> None:
    """Where only one is asked about, nothing crosses."""
    assert crossing(asking, Selection(hashtag="dawn", platform="bluesky")).value is None
    assert crossings(asking, Selection(platform="mastodon")).value.rows == ()


def test_a_platform_that_was_not_heard_is_not_late(asking: Asking, tmp_path: Path) -> None:
    """The ledger says that the second platform was down before its own arrival: nobody was first."""
    chosen = Selection(hashtag="dawn", since=NOW - timedelta(days=2))
    with State(tmp_path / "state.sqlite") as state:
        for name in ("mastodon", "chatra", "teapot"):
            down = Stretch(
                source=name, what="missing", since=DAWN - timedelta(hours=2), until=DAWN + timedelta(hours=2)
            )
            heard.add(state, [down])
        found = crossing(replace(asking, state=state), chosen).value

    assert found is not None
    assert (found.sure, found.lag.value) == ("not heard", 3 * 3600)
