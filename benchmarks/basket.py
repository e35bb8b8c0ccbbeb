"""How many people sets of hashtags reach in a week that was held back: ``python -m benchmarks basket``.

Sets are chosen on the weeks before and counted on the next one: distinct authors under one of the tags who
were not reached before. Ours (``trends.basket.choose``) beside sets ranked by popularity (posts, or authors)
and by co-occurrence (the most popular tag and what stands beside it in most posts, or is most surely related
to it), cover where a person counts once a week, and greedy cover of that very week (hindsight). Differences
are paired: both sets on the same people; the 95 % intervals draw worlds anew, and people of each week anew.

*Demo*: ``config.demo.world``; who dealt with our accounts before the week counts as reached. *Made worlds*:
nothing in them favours cover. ``PEOPLE`` write one to three tags a post; how often is log-normal (sigma 1).
A tag's popularity is 1 / rank; a person's interest in it exp(taste * normal), drawn for each person and tag
alone, so no tags share a circle; tags of a post are drawn by popularity times interest. Where tags *drift*,
the popularity moves each week by a random walk of exp(0.7 * normal). ``RASAD_BENCH_WORLDS`` (20) of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from config.demo import world
from config.demo.people import cast
from nlp.hashtags import key
from posts.post import Post, number
from trends import association, basket
from trends.association import Uses
from trends.basket import Audience, Ints

NOW: Final = datetime(2026, 11, 27, 6, tzinfo=UTC)
WEEK_S: Final = 7 * 86_400
WEEKS: Final = 4
SEEDS: Final = range(11, 21)
SIZES: Final = (3, 5)
PEOPLE: Final = 1_500
TAGS: Final = 150
LEAST_AUTHORS: Final = 5
DRAWS: Final = 2_000
MADE: Final = {
    "popularity alone": (0.0, 0.0),
    "weak interests": (1.0, 0.0),
    "strong interests": (2.0, 0.0),
    "strong interests, tags drift": (2.0, 0.7),
}
"""The made worlds: taste, and the drift of a week."""

Rule = Callable[[Uses, list[int], list[Audience], int, Audience], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was seen before a week, and that week: the uses, and who was reached before it."""

    before: Uses
    week: Uses
    reached: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """People of a held-back week whom each rule's set reached (a row a rule), and the world they live in."""

    world: int
    hits: np.ndarray


def ours(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    return [tags[place] for place in basket.choose(people, k, reached=reached).places]


def by_week(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    """The same where a person counts once a week, so that who came once weighs less than who comes back."""
    week = (uses.at.max() - uses.at) // WEEK_S
    _, once = np.unique(np.stack([uses.author, week]), axis=1, return_inverse=True)
    told = ~np.isin(uses.author, reached)
    visits = [np.unique(once.reshape(-1)[told & (uses.tag == tag)]) for tag in tags]
    return [tags[place] for place in basket.choose(visits, k).places]


def by_posts(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    found, counts = np.unique(uses.tag[np.isin(uses.tag, tags)], return_counts=True)
    ranked: list[int] = found[np.lexsort((found, -counts))][:k].tolist()
    return ranked


def by_authors(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    return sorted(tags, key=lambda tag: (-len(people[tags.index(tag)]), tag))[:k]


def beside(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    """The most popular tag, and the tags that stand in most posts with it."""
    first = by_posts(uses, tags, people, 1, reached)
    with_it = uses.kept(association.with_tags(uses, first) & ~np.isin(uses.tag, first))
    more = by_posts(with_it, tags, people, k - 1, reached)
    return _filled([*first, *more], by_posts(uses, tags, people, k, reached), k)


def related(uses: Uses, tags: list[int], people: list[Audience], k: int, reached: Audience) -> list[int]:
    """The most popular tag, and the tags most surely related to it; the popular ones where these are few."""
    first = by_posts(uses, tags, people, 1, reached)
    pairs = association.pairs(association.voices(uses), association.with_tags(uses, first), first)
    more = [pair.tag for pair in pairs if pair.tag in tags]
    return _filled([*first, *more], by_posts(uses, tags, people, k, reached), k)


def _filled(some: list[int], rest: Iterable[int], k: int) -> list[int]:
    return list(dict.fromkeys([*some, *rest]))[:k]


RULES: Final[dict[str, Rule]] = {
    "ours": ours, "cover of people by week": by_week, "most posts": by_posts, "most authors": by_authors,
    "most posts beside": beside, "surest related": related,
}  # fmt: skip


def audiences(uses: Uses, least: int) -> tuple[list[int], list[Audience]]:
    """The tags that enough people use, and who these are."""
    tags = np.unique(uses.tag).tolist()
    people = [np.unique(uses.author[uses.tag == tag]) for tag in tags]
    kept = [place for place, one in enumerate(people) if len(one) >= least]
    return [tags[place] for place in kept], [people[place] for place in kept]


def met(past: Past, k: int, world_number: int) -> Met:
    """Who of the held-back week is reached by the set of each rule, and (last row) by greedy cover of it."""
    tags, people = audiences(past.before, LEAST_AUTHORS)
    sets = [rule(past.before, tags, people, k, past.reached) for rule in RULES.values()]
    later, seen = audiences(past.week, 1)
    sets.append([later[place] for place in basket.choose(seen, k, reached=past.reached).places])
    new = np.setdiff1d(np.unique(past.week.author), past.reached)
    hits = [np.isin(new, past.week.author[np.isin(past.week.tag, chosen)]) for chosen in sets]
    return Met(world=world_number, hits=np.array(hits, dtype=np.float64))


def weeks_of(uses: Uses, reached: Callable[[int], Audience], until: int) -> Iterator[Past]:
    """Each week but the first, with all that was before it."""
    for back in range(WEEKS - 2, -1, -1):
        since = until - (back + 1) * WEEK_S
        inside = (uses.at >= since) & (uses.at < since + WEEK_S)
        before = (uses.at < since) & (uses.at >= until - WEEKS * WEEK_S)
        yield Past(before=uses.kept(before), week=uses.kept(inside), reached=reached(since))


def demo(seed: int) -> Iterator[Past]:
    """The demo world of a seed, as the store would hold it: the latest record of a post, no articles."""
    latest: dict[str, Post] = {post.id: post for post in world.posts(seed, NOW)}
    ours_key = cast(seed).ours.key
    rows, dealt = [], []
    for post in latest.values():
        if post.author is None or post.deleted_at is not None:
            continue
        at, author = int(post.created_at.timestamp()), number(post.author.key)
        rows += [(number(tag), author, number(post.id), at) for tag in {key(one) for one in post.hashtags}]
        towards = {post.reply_to_author, post.repost_of_author, post.quote_of_author}
        if ours_key in towards | {one.key for one in post.mentioned} or post.author.key == ours_key:
            dealt.append((author, at))
    tag, author, post_n, at_s = np.array(rows, dtype=np.int64).T
    known = np.array(dealt, dtype=np.int64)
    uses = Uses(tag=tag, author=author, post=post_n, at=at_s)
    return weeks_of(uses, lambda since: np.unique(known[known[:, 1] < since, 0]), int(NOW.timestamp()))


def made(seed: int, taste: float, drift: float) -> Iterator[Past]:
    """A world without circles: see the head of this file."""
    rng = np.random.default_rng(seed)
    popular = np.log(1 / np.arange(1, TAGS + 1))
    interest = taste * rng.standard_normal((PEOPLE, TAGS))
    pace = rng.lognormal(0, 1, PEOPLE)
    rows: list[Ints] = []
    posts = 0
    for week in range(WEEKS):
        author = np.repeat(np.arange(PEOPLE), rng.poisson(pace))
        # The largest of the weights with Gumbel noise: a draw by weight, without drawing a tag twice.
        score = (popular + interest)[author] + rng.gumbel(size=(len(author), TAGS))
        order = np.argsort(-score, axis=1)[:, :3]
        kept = np.arange(3) < rng.choice([1, 2, 3], size=(len(author), 1), p=[0.55, 0.3, 0.15])
        post = np.broadcast_to(posts + np.arange(len(author))[:, None], order.shape)
        who = np.broadcast_to(author[:, None], order.shape)
        at = np.full(order.shape, week * WEEK_S)
        rows.append(np.stack([part[kept] for part in (order, who, post, at)]))
        posts += len(author)
        popular = popular + drift * rng.standard_normal(TAGS)
    tag, by, post_n, at_s = np.concatenate(rows, axis=1)
    nobody = np.zeros(0, dtype=np.int64)
    return weeks_of(Uses(tag=tag, author=by, post=post_n, at=at_s), lambda _: nobody, WEEKS * WEEK_S)


def interval(found: Sequence[Met], rule: int, rng: np.random.Generator) -> tuple[float, float, float]:
    """The mean difference of ours to a rule, people a week, with its 95 % interval."""
    worlds = sorted({one.world for one in found})
    means, draws = [], []
    for place in worlds:
        mine = [one.hits[0] - one.hits[rule] for one in found if one.world == place]
        means.append(np.mean([part.sum() for part in mine]))
        # People drawn anew: how often each is drawn is Poisson, so the sum of +1s less that of -1s.
        more = [rng.poisson((part > 0).sum(), DRAWS) - rng.poisson((part < 0).sum(), DRAWS) for part in mine]
        draws.append(np.mean(more, axis=0))
    picked = rng.integers(0, len(worlds), (DRAWS, len(worlds)))
    drawn = np.array(draws)[picked, np.arange(DRAWS)[:, None]].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(np.mean(means)), float(low), float(high)


def tell(title: str, worlds: Sequence[Iterable[Past]], k: int) -> None:
    """One block of the table: people a week of each rule, and ours less that."""
    rng = np.random.default_rng(k)
    found = [met(past, k, place) for place, one in enumerate(worlds) for past in one]
    for row, name in enumerate([*RULES, "hindsight"]):
        reached = np.mean([one.hits[row].sum() for one in found])
        line = f"| {title} | {k} | {name} | {reached:.1f} |"
        if row:
            mean, low, high = interval(found, row, rng)
            even = [one.hits[0].sum() - one.hits[row].sum() for one in found]
            wins = f"{sum(n > 0 for n in even)} / {sum(n == 0 for n in even)} / {sum(n < 0 for n in even)}"
            line += f" {mean:+.1f} ({low:+.1f} to {high:+.1f}) | {wins} |"
        else:
            line += " | |"
        print(line, flush=True)


def main() -> None:
    count = int(os.environ.get("RASAD_BENCH_WORLDS", "20"))
    print("| world | k | set | people a held-back week | ours less that (95 %) | weeks more / same / less |")
    print("|---|---|---|---|---|---|")
    for k in SIZES:
        tell(f"demo, {len(SEEDS)} seeds", [demo(seed) for seed in SEEDS], k)
    for name, (taste, drift) in MADE.items():
        for k in SIZES:
            tell(name, [made(seed, taste, drift) for seed in range(count)], k)


if __name__ == "__main__":
    main()
