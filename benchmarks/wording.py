"""The words of 100,000 posts against 100,000 others: how long it takes, and what is found beside peers.

``python -m benchmarks wording``. *Speed*: made posts (``made_posts``) are written straight as documents;
half of them carry the hashtag that is asked for, and one in ten of these one of twenty planted words. Ours is
the whole answer (reading, comparing, ways of writing, exact numbers); seconds of processor of this process,
which does all the work of the embedded store. *Quality*: worlds of 400 authors here and 1,200 elsewhere, who
write one to eight posts and each have words of their own; ten words are planted that authors here use more.
How many of them are among the ten first, also where three accounts repeat slogans; and how many words are
told where nothing is planted. Peers count posts: the plain ratio of shares, JLH (Elasticsearch's significant
terms), TF-IDF of the side as one document, and the log-odds ratio. ``RASAD_BENCH_POSTS`` (200,000).
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from answers.asking import Asking
from answers.wording import audience, wording
from benchmarks.made_posts import NOW, PERSIAN, chunks, word
from posts.selection import Selection
from store import open_store
from store.protocol import StoreSettings
from store.state import State
from trends.odds import log_odds
from trends.wording import Said, telling

PLANTED = tuple(f"planted{n}" for n in range(10))
QUIET = frozenset(f"w{n}" for n in range(40))
Side = tuple[list[str], list[int]]


def side(
    rng: np.random.Generator, authors: range, rate: float, *, vocabulary: int = 4_000, own: float = 0.2
) -> Side:
    """Posts of these authors, each with words of their own, and planted words at a rate."""
    weights = 1 / np.arange(1, vocabulary + 1) ** 1.05
    weights /= weights.sum()
    texts, voices = [], []
    for author in authors:
        mine = rng.choice(vocabulary, size=12)
        for _ in range(int(min(8, rng.geometric(0.4)))):
            many = max(3, int(rng.poisson(12)))
            drawn = rng.choice(vocabulary, size=many, p=weights)
            drawn = np.where(rng.random(many) < own, rng.choice(mine, size=many), drawn)
            words = [f"w{n}" for n in drawn.tolist()]
            words += [word for word in PLANTED if rng.random() < rate]
            texts.append(" ".join(words))
            voices.append(author)
    return texts, voices


def loud(rng: np.random.Generator, here: Side, accounts: int = 3) -> None:
    """A few accounts here repeat words of theirs in many posts: noise that is nobody else's word."""
    for account in range(accounts):
        for _ in range(60):
            here[0].append(f"slogan{account} buy{account} w{rng.integers(60, 900)}")
            here[1].append(10_000 + account)


def counted(here: Side, rest: Side) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Words with their posts on both sides, and the posts of each side."""
    ours, theirs = (Counter(w for text in texts for w in set(text.split())) for texts, _ in (here, rest))
    words = sorted((ours.keys() | theirs.keys()) - QUIET)
    table = np.array([[ours[word] for word in words], [theirs[word] for word in words]], dtype=float)
    return words, table, np.array([len(here[0]), len(rest[0])], dtype=float)


def ratio(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    shares = (table + 0.5) / sizes[:, None]
    return np.where(table[0] >= 3, shares[0] / shares[1], 0.0)


def jlh(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    here, all_ = table[0] / sizes[0], table.sum(axis=0) / sizes.sum()
    return np.where(table[0] >= 3, (here - all_) * here / all_, 0.0)


def tf_idf(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    found: np.ndarray = table[0] * np.log(sizes.sum() / table.sum(axis=0))
    return found


def post_odds(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    return log_odds(table, table, table.sum(axis=1))


PEERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "plain ratio": ratio, "JLH": jlh, "TF-IDF": tf_idf, "log-odds of posts": post_odds,
}  # fmt: skip


def first_ten(here: Side, rest: Side) -> dict[str, list[str]]:
    """The ten first words of each way."""
    sure = telling(_said(here), _said(rest), quiet=QUIET)
    ranked = telling(_said(here), _said(rest), quiet=QUIET, false_share=0.999)
    found = {
        "told as sure": [" ".join(row.words) for row in sure[:10]],
        "our ten first": [" ".join(row.words) for row in ranked[:10]],
    }
    words, table, sizes = counted(here, rest)
    for name, score in PEERS.items():
        order = np.argsort(-score(table, sizes), kind="stable")[:10]
        found[name] = [words[place] for place in order.tolist()]
    return found


def _said(one: Side) -> Said:
    return Said(texts=one[0], voices=np.array(one[1]))


def quality(worlds: int = 10) -> None:
    print("planted words among the ten first; and words told where nothing is planted")
    for share in (0.03, 0.015):
        for noise in (False, True):
            hits: dict[str, list[int]] = {}
            for seed in range(worlds):
                rng = np.random.default_rng(seed)
                here, rest = side(rng, range(400), share), side(rng, range(1_000, 2_200), share / 6)
                if noise:
                    loud(rng, here)
                for name, words in first_ten(here, rest).items():
                    hits.setdefault(name, []).append(len(set(words) & set(PLANTED)))
            told = ", ".join(f"{name} {statistics.mean(found):.1f}" for name, found in hits.items())
            loudly = "with three loud accounts" if noise else "without noise"
            print(f"  in {share:.1%} of posts here, {share / 6:.2%} elsewhere, {loudly}: {told}")
    told_of_nothing = []
    for seed in range(worlds):
        rng = np.random.default_rng(1_000 + seed)
        here, rest = side(rng, range(400), 0.0), side(rng, range(1_000, 2_200), 0.0)
        told_of_nothing.append(len(telling(_said(here), _said(rest), quiet=QUIET)))
    print(f"  nothing planted: {told_of_nothing} words told")


def planted_word(place: int) -> str:
    """One of twenty words that only posts that are asked for hold."""
    return word(50_000 + place // 20 % 20, PERSIAN)


def speed(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(StoreSettings(folder=Path(folder) / "index"))
        store.ensure()
        for chunk in chunks(count):
            for place, post in enumerate(chunk.posts):
                if place % 2:
                    post["hashtags"] = [*post.get("hashtags", ()), "asked"]
                    if place % 20 == 1:
                        post["text"] += f" {planted_word(place)}"
            store.write("posts", chunk.posts, fresh=True)
        with State(Path(folder) / "state.sqlite") as state:
            asking = Asking(
                store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=NOW
            )
            year = NOW.replace(year=NOW.year - 1)
            for answer in (wording, audience):
                taken = []
                for _ in range(5):
                    begun = time.process_time()
                    found = answer(asking, Selection(hashtag="asked", since=year), size=20).value
                    taken.append(time.process_time() - begun)
                read = sum(pair.read + pair.rest_read for pair in found.compared)
                print(
                    f"  {answer.__name__}: {statistics.median(taken):.2f} s of processor"
                    f" ({min(taken):.2f} to {max(taken):.2f}); {len(found.phrases)} told, {read:,} posts read"
                )
        store.close()


def main() -> None:
    quality()
    count = int(os.environ.get("RASAD_BENCH_POSTS", "200000"))
    print(f"{count:,} posts, half of them asked for")
    speed(count)


if __name__ == "__main__":
    main()
