"""What is told of hashtags whose truth is planted: ``python -m benchmarks hashtag_truth``.

Demo worlds of fresh seeds, taken in as any demo is, each in an embedded store. Everyday hashtags are drawn
there without regard to each other, to the words beside them, to people, or to what a post draws: between them
nothing is related, none means two things or was taken over, and every lift is 1. Planted are four hashtags
that go with our brand, and one that was taken over. ``RASAD_BENCH_WORLDS`` (5).
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from answers.asking import Asking
from answers.collision import warnings
from answers.related import related
from answers.research import research
from config.demo import stories
from config.demo.sentences import OURS, texts
from nlp.hashtags import key
from posts.selection import Selection
from rasad import demo
from rasad.intake import take_in
from rasad.project import opened

FIRST: Final = 11
OF_BRAND: Final = {key(tag) for tag in (stories.RECALL, "RastaRecall", stories.CAMPAIGN, "CupOfCalm")}
"""What goes with our brand."""
STORIES: Final = (
    stories.RECALL, "RastaRecall", stories.CAMPAIGN, "CupOfCalm", stories.HIJACKED, stories.SLOW,
    stories.WEEKLY, stories.RAIN, stories.NATIVE, stories.DISCOUNT, stories.GIFT, stories.GOODNESS,
)  # fmt: skip


@dataclass(slots=True)
class Told:
    """What was told of the worlds so far."""

    everyday: int = 0
    warned: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    related: int = 0
    holding: int = 0
    lifts: list[float] = field(default_factory=list)
    found: int = 0
    others: list[str] = field(default_factory=list)


def ask(asking: Asking, told: Told) -> None:
    """Everything that is asked of one world."""
    keys = [key(tag) for language in ("fa", "en") for tag in texts()[language]["tags"]["everyday"]]
    for one in keys:
        told.everyday += 1
        told.warned.update(warnings(asking, Selection(hashtag=one)).value.codes)
        beside = related(asking, Selection(hashtag=one)).value
        told.related += len(beside.first) + len(beside.second)
    for story in STORIES:
        for code in warnings(asking, Selection(hashtag=key(story))).value.codes:
            told.stories[f"{code} #{story}"] += 1
    for row in research(asking, Selection(), keys=tuple(keys), size=len(keys)).value.rows:
        lift = row.lift
        if lift.ratio is not None and lift.low is not None and lift.high is not None:
            told.lifts.append(lift.ratio)
            told.holding += lift.low <= 1 <= lift.high
    brand = {row.key for row in related(asking, Selection(query=f"entity:{OURS}")).value.first}
    told.found += len(brand & OF_BRAND)
    told.others += sorted(brand - OF_BRAND)


def main() -> None:
    count, told = int(os.environ.get("RASAD_BENCH_WORLDS", "5")), Told()
    for seed in range(FIRST, FIRST + count):
        with tempfile.TemporaryDirectory() as folder:
            demo.SEED = seed
            settings = demo.make_demo(Path(folder))
            demo.fill(settings, now=datetime.now(UTC))
            take_in(settings, progress=lambda _done, _of: None)
            with opened(settings) as at:
                ask(at.asking(), told)
        print(f"seed {seed} asked", flush=True)
    lifts = sorted(told.lifts)
    print(f"everyday hashtags: {told.everyday}; warned: {dict(told.warned)}; related: {told.related}")
    print(f"lift: {told.holding} of {len(lifts)} intervals hold 1; {lifts[0]:.2f} to {lifts[-1]:.2f}")
    print(f"related to our brand: {told.found} of {len(OF_BRAND) * count} planted; others: {told.others}")
    print(f"planted stories, warnings in {count} worlds: {dict(told.stories)}")


if __name__ == "__main__":
    main()
