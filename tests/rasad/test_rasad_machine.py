"""Whether an account posts like a machine: told of a timer, not of a person, and not of few posts."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def test_a_timer_is_told_from_a_person(home: Any, tmp_path: Path) -> None:
    """Posts on the hour, day and night, are like a machine's; sittings in the evening are not."""
    home.run("init", "tea")
    now, chance = datetime.now(UTC).replace(microsecond=0), random.Random(4)
    hour = now.replace(minute=0, second=7)
    timed = [
        ("clock", hour - timedelta(hours=n), f"Tea costs {n} today in the shop of the town")
        for n in range(90)
    ]
    person, moment = [], hour - timedelta(days=20)
    while len(person) < 90 and moment < now - timedelta(days=1):
        moment += timedelta(minutes=chance.expovariate(1 / 25))
        if 16 <= moment.hour < 22 and chance.random() < 0.4:
            words = " ".join(
                chance.sample(["tea", "rain", "book", "work", "late", "sun", "bread", "walk"], 5)
            )
            person.append(("sara", moment, words))
    lines = [
        {
            "id": f"mastodon:h:{by}{n}", "platform": "mastodon", "source": "b", "text": text,
            "created_at": at.isoformat(), "author": {"key": f"mastodon:h:{by}", "handle": f"{by}@h"},
        }
        for n, (by, at, text) in enumerate([*timed, *person])
    ]  # fmt: skip
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    home.run("import", str(file))

    (clock,) = home.json("machine", "@clock@h")
    (sara,) = home.json("machine", "mastodon:h:sara")

    assert clock["machine"]
    assert "minute" in [reason["what"] for reason in clock["reasons"]]
    assert not sara["machine"]
    few = home.run("machine", "mastodon:h:nobody").stdout
    assert "too few posts to tell: 0 posts in the last 28 days, 30 are the fewest" in few
    nobody = home.run("machine", "nobody", code=2).stderr
    assert "There is no account 'nobody' here." in nobody
    assert "Write it as @name@server" in nobody
    assert "none" not in nobody
    shown = home.run("machine", "@clock@h").stdout
    assert "always at the same minutes of the hour" in shown
    assert "Looked at: 90 posts of the last 28 days." in shown
