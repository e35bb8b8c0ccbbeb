"""The demo's world: what is planted is there, by plain counting over its posts."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from config.demo import world
from config.load import read
from posts.post import Post, check, encode

NOW = datetime(2026, 11, 23, 8, 17, tzinfo=UTC)
SEED = 7
TAG = re.compile(r"#([\w\u200c]+)")

World = tuple[list[Post], dict[str, Any]]


@pytest.fixture(scope="module")
def made() -> World:
    """The posts of one world, each writing once, and what is planted in it."""
    return last_looks(world.posts(SEED, NOW)), world.truth(SEED, NOW)


def last_looks(posts: list[Post]) -> list[Post]:
    """The last record of every writing: a post whose counts were looked at again comes twice."""
    return list({(post.id, post.text, post.deleted_at): post for post in posts}.values())


def folded(tag: str) -> str:
    """A hashtag's spellings made one, by the plainest means."""
    return tag.replace("_", "").replace("\u200c", "").replace("ي", "ی").replace("ك", "ک").lower()


def tagged(posts: list[Post], *tags: str) -> list[Post]:
    """The posts whose text has one of these hashtags in any spelling."""
    wanted = {folded(tag) for tag in tags}
    return [post for post in posts if wanted & {folded(found) for found in TAG.findall(post.text)}]


def between(posts: list[Post], since: datetime, until: datetime) -> list[Post]:
    """The posts written from ``since`` to before ``until``."""
    return [post for post in posts if since <= post.created_at < until]


def by_id(posts: list[Post]) -> dict[str, Post]:
    """The first record of every id."""
    found: dict[str, Post] = {}
    for post in posts:
        found.setdefault(post.id, post)
    return found


def test_the_same_seed_gives_the_same_world(made: World) -> None:
    """Twice the same posts to the byte, and other ones from another seed."""
    world._world.cache_clear()
    again = world.posts(SEED, NOW)
    assert [encode(post) for post in last_looks(again)] == [encode(post) for post in made[0]]
    other = {post.text for post in world.posts(SEED + 1, NOW)}
    assert len(other & {post.text for post in made[0]}) < 0.4 * len(other)


def test_size_languages_and_authors_are_as_promised(made: World) -> None:
    """About 12,000 posts of 1,500 authors: 60 % Persian, 35 % English, 5 % Arabic or Finglish."""
    posts, truth = made
    assert 11900 <= len(posts) <= 12200
    assert min(post.created_at for post in posts) >= NOW - timedelta(days=30, minutes=1)
    assert max(post.created_at for post in posts) < NOW
    assert max(post.collected_at for post in posts) <= NOW
    written = [post for post in posts if post.text]
    share = Counter(post.language for post in written)
    finglish = [post for post in written if post.language == "fa" and not re.search("[ا-ی]", post.text)]
    assert 0.56 <= (share["fa"] - len(finglish)) / len(written) <= 0.66
    assert 0.30 <= share["en"] / len(written) <= 0.39
    assert 0.03 <= (share["ar"] + len(finglish)) / len(written) <= 0.08
    per_author = Counter(post.author.key for post in posts if post.author)
    assert 1350 <= len(per_author) <= 1600
    busiest = sum(count for _, count in per_author.most_common(150))
    assert busiest > 0.3 * len(posts)
    assert set(per_author) <= set(truth["authors"])


def test_every_post_may_enter_the_store(made: World) -> None:
    """All pass the check; ids come once but for the edited and the deleted; nothing leads to real sites."""
    posts, truth = made
    for post in posts:
        check(post, now=NOW)
    twice = {identity for identity, count in Counter(post.id for post in posts).items() if count > 1}
    assert twice == {truth["edited"]["id"], truth["deleted"]["id"]}
    for post in posts:
        addresses = [post.url or "", *(link.url for link in post.links), *(m.url or "" for m in post.media)]
        addresses += re.findall(r"https?://\S+", post.text)
        for address in filter(None, addresses):
            assert (urlsplit(address).hostname or "").endswith(".example"), address


def test_some_posts_are_looked_at_again(made: World) -> None:
    """Hundreds of the last days' liked posts, with counts that never fall and followers of that moment."""
    first, last = by_id(world.posts(SEED, NOW)), {post.id: post for post in made[0]}
    again = [
        (first[identity], post)
        for identity, post in last.items()
        if post.collected_at > first[identity].collected_at and not post.deleted_at and not post.edited_at
    ]

    assert 200 < len(again) < 1_000
    assert all(NOW - timedelta(days=3) < post.created_at for _, post in again)
    assert all(a.text == b.text and (a.metrics.likes or 0) < (b.metrics.likes or 0) for a, b in again)
    assert all((a.metrics.shares or 0) <= (b.metrics.shares or 0) for a, b in again)


def test_followers_come_and_go(made: World) -> None:
    """Most accounts grow, some lose; nobody jumps."""
    seen: dict[str, list[int]] = {}
    for post in made[0]:
        if post.author and post.author.followers is not None and post.created_at > NOW - timedelta(days=20):
            seen.setdefault(post.author.key, []).append(post.author.followers)
    large = [found for found in seen.values() if min(found) > 1_000 and len(found) > 10]

    assert len(large) >= 10
    assert any(found[-1] > found[0] for found in large)
    assert all(max(found) < 1.3 * min(found) for found in large)


def test_edges_lead_to_earlier_posts_of_known_authors(made: World) -> None:
    """Replies, reposts and quotes point at posts that are there and older, by the author they name."""
    posts, truth = made
    known, authors = by_id(posts), set(truth["authors"])
    kinds: Counter[str] = Counter()
    for post in posts:
        for kind in ("reply_to", "repost_of", "quote_of"):
            target = getattr(post, kind)
            if target is None:
                continue
            kinds[kind] += 1
            parent = known[target]
            assert parent.author is not None
            assert parent.created_at <= post.created_at
            assert parent.author.key == getattr(post, f"{kind}_author")
        assert {mentioned.key for mentioned in post.mentioned} <= authors
        kinds["mentioned"] += bool(post.mentioned)
    assert min(kinds[kind] for kind in ("reply_to", "repost_of", "quote_of", "mentioned")) > 200
    shared = Counter(post.repost_of for post in posts if post.repost_of)
    assert all(known[target].repost_of is None for target in shared if target)
    assert all((known[target].metrics.shares or 0) >= count for target, count in shared.items() if target)


def test_the_sources_are_those_of_the_demo_project(made: World) -> None:
    """Posts come from the four sources that the project lists, of the right platform."""
    file = Path(world.__file__).with_name("project.toml")
    settings = read(file.read_text(encoding="utf-8"), folder=file.parent, environ={})
    platforms = {source.name: source.platform for source in settings.sources}
    assert {(post.source, post.platform) for post in made[0]} == set(platforms.items())
    assert settings.brand is not None
    assert settings.brand.id == made[1]["crisis"]["entity"]
    assert {key for rival in settings.rivals for key in rival.author_keys} <= set(made[1]["authors"])
    assert {rival.id for rival in settings.rivals} >= {made[1]["hijack"]["rival"]}


def test_people_post_more_in_the_evening_than_at_night(made: World) -> None:
    """The hours have a rhythm, and the days off are quieter."""
    hours = Counter((post.created_at + timedelta(hours=3, minutes=30)).hour for post in made[0])
    assert sum(hours[hour] for hour in range(18, 23)) > 2 * sum(hours[hour] for hour in range(1, 6))


def test_the_cascade_is_deep_and_spread_over_many_people(made: World) -> None:
    """One post is passed on, quoted and answered by hundreds, more than five steps deep."""
    posts, truth = made
    story, known = truth["cascade"], by_id(posts)
    parents = {
        identity: known[identity].repost_of or known[identity].quote_of or known[identity].reply_to
        for identity in story["ids"][1:]
    }
    assert parents == story["parents"]

    def steps(identity: str) -> int:
        return 0 if identity == story["root"] else 1 + steps(str(parents[identity]))

    assert max(map(steps, parents)) == story["depth"] > 5
    authors = {author.key for identity in story["ids"] if (author := known[identity].author)}
    assert len(authors) == len(story["ids"]) > 300


def test_the_burst_is_twelve_accounts_in_ninety_seconds(made: World) -> None:
    """The same text by twelve accounts that say nothing else."""
    posts, truth = made
    story, known = truth["burst"], by_id(posts)
    burst = [known[identity] for identity in story["ids"]]
    assert len(burst) == len({post.author.key for post in burst if post.author}) == 12
    assert len({post.text for post in burst}) == 1
    assert burst[-1].created_at - burst[0].created_at <= timedelta(seconds=90)
    assert tagged(posts, *story["tags"]) == sorted(
        burst, key=lambda post: (post.collected_at, post.created_at)
    )
    assert sum(post.author is not None and post.author.key in story["authors"] for post in posts) == 12


def test_the_crisis_turns_the_talk_about_us_within_six_hours(made: World) -> None:
    """The negative share of posts about our brand goes from 18 to 55 %, in the last two days."""
    posts, truth = made
    story, tones, known = truth["crisis"], truth["tones"], by_id(posts)
    assert NOW - timedelta(days=2) < story["start"] < NOW
    assert story["ramp_until"] - story["start"] == timedelta(hours=6)

    def negative(since: datetime, until: datetime) -> float:
        found = [tone for identity, tone in tones.items() if since <= known[identity].created_at < until]
        return found.count("negative") / len(found)

    assert negative(NOW - timedelta(days=30), story["start"]) == pytest.approx(0.18, abs=0.02)
    assert negative(story["ramp_until"], NOW) == pytest.approx(0.55, abs=0.02)
    assert all(re.search("رستا|rasta", known[identity].text, re.IGNORECASE) for identity in tones)
    last_day = tagged(between(posts, NOW - timedelta(days=1), NOW), *story["tags"])
    earlier = tagged(between(posts, NOW - timedelta(days=30), NOW - timedelta(days=1)), *story["tags"])
    assert len(last_day) > 300
    assert earlier == []


def test_the_campaign_lifts_the_talk(made: World) -> None:
    """In the campaign's six days people say its hashtag, before and after nobody does."""
    posts, truth = made
    story = truth["campaign"]
    found = tagged(posts, *story["tags"])
    assert len(found) == len(story["ids"]) > 300
    assert found == sorted(between(found, story["start"], story["end"]), key=posts.index)
    ours = [post for post in posts if re.search("رستا|rasta", post.text, re.IGNORECASE)]
    during = len(between(ours, story["start"], story["end"])) / 6
    before = len(between(ours, story["start"] - timedelta(days=10), story["start"])) / 10
    assert during > 2 * before


def test_the_rivals_hashtag_is_taken_over(made: World) -> None:
    """Others than before use the rival's tag, and ten times as fast."""
    posts, truth = made
    story, known = truth["hijack"], by_id(posts)

    def authors(ids: list[str]) -> set[str]:
        return {author.key for identity in ids if (author := known[identity].author)}

    assert authors(story["before"]).isdisjoint(authors(story["ids"]))
    assert len(authors(story["ids"])) > 100
    after = between(tagged(posts, *story["tags"]), story["start"], story["until"])
    day_before = between(tagged(posts, *story["tags"]), story["start"] - timedelta(days=1), story["start"])
    assert len(after) > 10 * len(day_before)


def test_the_slow_riser_grows_over_the_month(made: World) -> None:
    """The last ten days have several times as many as the first ten."""
    found = tagged(made[0], *made[1]["slow"]["tags"])
    first = len(between(found, NOW - timedelta(days=30), NOW - timedelta(days=20)))
    last = len(between(found, NOW - timedelta(days=10), NOW))
    assert last > 3 * first > 0


def test_the_weekly_tag_peaks_today_as_every_week(made: World) -> None:
    """Five peaks at the same hour of the week, equally high, the last within the past day."""
    story = made[1]["weekly"]
    found = tagged(made[0], *story["tags"])
    heights = [
        len(between(found, peak - timedelta(hours=5), peak + timedelta(hours=5))) for peak in story["peaks"]
    ]
    assert len(heights) == 5
    assert sum(heights) == len(found)
    assert max(heights) - min(heights) <= 8
    assert NOW - timedelta(days=1) < max(story["peaks"]) < NOW


def test_a_hashtag_rises_today_by_many_people(made: World) -> None:
    """The rising tag has most of its posts today, none of its authors writes most of them."""
    story = made[1]["rising"]
    found = tagged(made[0], *story["tags"])
    today = between(found, NOW - timedelta(days=1), NOW)
    assert len(today) > 100
    assert len(found) - len(today) < 30
    assert len({post.author.key for post in today if post.author}) > 100


def test_copies_differ_only_a_little(made: World) -> None:
    """The copied text comes by many hands and never quite the same."""
    posts, truth = made
    known = by_id(posts)
    found = [known[identity] for identity in truth["copies"]["ids"]]
    bare = {re.sub(r"^(🎁 |سلام\. )|https://\S+| ?[.!🌿…]? #\S+$", "", post.text) for post in found}
    assert len(found) == len({post.author.key for post in found if post.author}) == 36
    assert len({post.text for post in found}) > 30
    assert len(bare) == 1


def test_one_source_has_been_silent_for_a_day(made: World) -> None:
    """Nothing of the journal since then, though it wrote every day before."""
    posts, truth = made
    silent = truth["silent"]
    journal = [post for post in posts if post.source == silent["source"]]
    assert NOW - silent["since"] > timedelta(days=1)
    assert between(journal, silent["since"], NOW) == []
    for day in range(2, 29):
        assert between(journal, NOW - timedelta(days=day + 1), NOW - timedelta(days=day))


def test_one_post_is_edited_and_one_deleted_later(made: World) -> None:
    """Each comes a second time: with a new text, and without content."""
    posts, truth = made
    first, second = [post for post in posts if post.id == truth["edited"]["id"]]
    assert second.edited_at is not None
    assert second.collected_at > first.collected_at
    assert second.text != first.text
    assert "{" not in second.text
    first, second = [post for post in posts if post.id == truth["deleted"]["id"]]
    assert second.deleted_at is not None
    assert (second.text, second.author) == ("", None)
    assert first.text


def test_a_family_has_its_spellings(made: World) -> None:
    """Underscore, half-space, joined and Arabic letters are all written."""
    posts, truth = made
    written = Counter(found for post in posts for found in TAG.findall(post.text))
    family = [tag for tag in written if folded(tag) == "چایایرانی"]
    assert sorted(family) == truth["family"]["tags"]
    assert len(family) == 4
    assert sum(written[tag] for tag in family) == len(truth["family"]["ids"])


def test_spellings_of_real_keyboards_are_there(made: World) -> None:
    """Arabic letters, lost half-spaces, both kinds of digits and stretched words are in the texts."""
    texts = [post.text for post in made[0] if post.language == "fa"]
    for pattern in ("[يك]", "نمی\u200cآید", "[۰-۹]", "[0-9]", "یییی|اااا"):
        assert sum(bool(re.search(pattern, text)) for text in texts) >= 10, pattern
    assert not any("{" in text or "  " in text for text in texts)


def test_arrivals_agree_whoever_asks() -> None:
    """An hour asked at once or in uneven pieces is the same posts, a few a minute, without doubles."""
    until = NOW + timedelta(hours=1)
    whole = world.arrivals(SEED, NOW, until)
    pieces: list[Post] = []
    at = NOW
    for step in (7, 61, 300, 1, 59, 1172, 2000):
        pieces += world.arrivals(SEED, at, at + timedelta(seconds=step))
        at += timedelta(seconds=step)
    assert at == until
    assert sorted(map(encode, pieces)) == sorted(map(encode, whole))
    assert 90 <= len(whole) <= 400
    assert len({post.id for post in whole}) == len(whole)
    for post in whole:
        check(post, now=until)
        assert NOW <= post.created_at < until


def test_arrivals_fit_to_the_world(made: World) -> None:
    """They are by known people, have new ids, answer each other, and the crisis goes on in them."""
    posts, truth = made
    later = world.arrivals(SEED, NOW, NOW + timedelta(hours=3))
    assert {post.id for post in later}.isdisjoint({post.id for post in posts})
    assert {post.author.key for post in later if post.author} <= set(truth["authors"])
    known = {post.id for post in world.arrivals(SEED, NOW - timedelta(minutes=1), NOW)} | {
        p.id for p in later
    }
    targets = {post.repost_of or post.reply_to for post in later} - {None}
    assert len(targets) > 20
    assert targets <= known
    assert len(tagged(later, *truth["crisis"]["tags"])) > 60
    assert len(tagged(later, *truth["rising"]["tags"])) > 15


@pytest.mark.parametrize("shift", [0, 5, 11, 17, 41, 100])
def test_the_stories_hold_at_any_hour_of_any_day(shift: int) -> None:
    """Whenever the demo is started, what burns and what recurs is of the last day, nothing lies ahead."""
    now = NOW + timedelta(hours=shift, minutes=shift)
    posts, truth = world.posts(3, now), world.truth(3, now)
    assert max(post.created_at for post in posts) < now
    today = between(posts, now - timedelta(days=1), now)
    for story in ("crisis", "weekly", "rising"):
        assert len(tagged(today, *truth[story]["tags"])) > 40
    assert truth["cascade"]["depth"] > 5
