"""Related hashtags, lift and warnings of the demo, where it is known what belongs together."""

from __future__ import annotations

from typing import Any

from config.demo.sentences import OURS, texts
from config.demo.stories import CAMPAIGN, RECALL
from nlp.hashtags import key

PLANTED = {key(tag) for tag in (RECALL, "RastaRecall", CAMPAIGN, "CupOfCalm")}


def everyday(language: str) -> set[str]:
    """The hashtags of everyday talk, which the demo draws without regard to anything."""
    return {key(tag) for tag in texts()[language]["tags"]["everyday"]}


def test_related_tags_of_our_brand_are_those_of_its_stories(demo: Any) -> None:
    """Recall and campaign in both languages, nearly all of their posts; no tag of everyday talk."""
    whole = {row["key"]: row for row in demo.json("related", f"entity:{OURS}")}
    english = {row["key"] for row in demo.json("related", f"entity:{OURS}", "--lang", "en")}

    assert set(whole) >= PLANTED
    assert not set(whole) & (everyday("fa") | everyday("en"))
    assert english == {"rastarecall", "cupofcalm"}
    for row in (whole[one] for one in PLANTED):
        assert row["via"] is None
        assert row["authors"] > 0.9 * row["all_authors"]
        assert row["least_lift"] > 2


def test_everyday_tags_lift_nothing(demo: Any) -> None:
    """They draw what their people draw anyway: 19 of 20 intervals hold 1, so of twenty 14 and more do."""
    rows = demo.json("hashtags", *(f"#{tag}" for tag in sorted(everyday("fa"))), "--size", "20")
    sure = [row for row in rows if row["lift_low"] <= 1 <= row["lift_high"]]

    assert {row["key"] for row in rows} == everyday("fa")
    assert len(sure) >= 14
