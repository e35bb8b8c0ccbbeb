"""Any history of a channel, crawled with any interruptions: none is missed, and gaps are counted right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.ledger import Ledger
from tests.crawlers.channel_pages import BEGIN, Channel
from tests.crawlers.channel_walker import Walker, told

LANDING = (
    '<html><body class="tgme_body_wrap"><div class="tgme_page"><div class="tgme_page_title">x</div>'
    '<div class="tgme_page_action"><a class="tgme_action_button_new">View</a></div></div></body></html>'
)
step = st.fixed_dictionaries(
    {
        "new": st.lists(st.sampled_from(["post", "post", "post", "album", "service", "hole"]), max_size=12),
        "pages": st.integers(1, 6),
        "killed": st.booleans(),
    }
)


@pytest.fixture
def walker() -> Walker:
    """An empty channel, and who crawls it."""
    return Walker()


def missing(ledger: Ledger) -> int:
    """How many numbers are missing by the ledger."""
    return sum(posts or 0 for _, why, posts in told(ledger) if why == "gap")


@given(steps=st.lists(step, min_size=1, max_size=6), size=st.integers(1, 4))
def test_no_message_is_missed(steps: list[dict[str, Any]], size: int) -> None:
    """Bounded and killed crawls of a channel that is written in between; the last ones may read all."""
    walker, gaps = Walker(Channel(size=size)), 0
    number, posts, holes, first = 0, set(), 0, 0
    for each in steps:
        for kind in each["new"]:
            number += 1
            if kind == "hole":
                # What lies below the first message, or above the last, is between no two messages.
                first += 1
                continue
            holes, first = holes + (first if walker.channel.messages else 0), 0
            walker.channel.write([number], service=kind == "service", parts=2 if kind == "album" else 0)
            posts |= {number} if kind != "service" else set()
            number += 2 if kind == "album" else 0
        gaps += missing(walker.crawl(pages=each["pages"], killed=each["killed"]))
    last = [walker.crawl(pages=200) for _ in range(2)]
    gaps += sum(map(missing, last))

    assert set(walker.all) == posts
    assert walker.cursors.get("holes") is None
    assert last[1].outcome()[0] == "ok"
    if not any(each["killed"] for each in steps):
        assert sorted(walker.all) == sorted(posts)
        assert gaps == holes


def test_what_a_crawl_may_not_read_is_read_by_the_next(walker: Walker) -> None:
    """The newest come first, then the stretch below them, none twice; until then it is missing."""
    walker.channel.write(range(1, 21))
    walker.crawl()
    walker.channel.write(range(21, 101))

    second = walker.crawl(pages=2)
    walker.channel.write(range(101, 104))
    third = walker.crawl()

    assert second.outcome()[0] == "partial"
    assert "next crawl goes on" in second.outcome()[1]
    assert told(second) == [("collected", "", 20), ("collected", "", 20), ("missing", "paging", None)]
    assert third.outcome()[0] == "ok"
    assert walker.asked == [None, 61, 41]
    assert sorted(walker.all) == list(range(1, 104))


def test_a_back_fill_goes_as_far_as_it_is_asked_to(walker: Walker) -> None:
    """Two pages a crawl until the moment; no page below it is asked for."""
    walker.channel.write(range(1, 201))
    to = BEGIN + timedelta(minutes=121)

    asked = []
    for _ in range(3):
        assert walker.crawl(backfill_pages=2, backfill_to=to).outcome()[0] == "ok"
        asked.append(walker.asked)

    assert asked == [[None, 181], [None, 161, 141], [None]]
    assert sorted(walker.all) == list(range(121, 201))


def test_a_server_that_repeats_its_page_is_not_asked_for_ever(walker: Walker) -> None:
    """It knows no older page: the run is partial and says so."""
    walker.channel.write(range(1, 41))
    walker.channel.deaf = True

    ledger = walker.crawl()

    assert (ledger.outcome()[0], walker.asked, len(walker.kept)) == ("partial", [None, 21], 20)
    assert "the same page again" in ledger.outcome()[1]


def test_gaps_are_what_neither_albums_nor_service_messages_explain(walker: Walker) -> None:
    """Numbers 5 to 7 are an album, 8 a service message, 10 and 11 were deleted, 13 between two crawls."""
    walker.channel.write([1, 2, 3, 4, 9, 12])
    walker.channel.write([5], parts=2)
    walker.channel.write([8], service=True)
    first = walker.crawl()
    walker.channel.write([14])

    second = walker.crawl()

    assert first.details()["passed_over"] == {"service messages": 1}
    assert told(first) == [("collected", "", 7), ("missing", "gap", 2)]
    assert told(second) == [("collected", "", 1), ("missing", "gap", 1)]


def test_a_name_that_belongs_to_another_channel_begins_anew(walker: Walker) -> None:
    """Its messages are later and have lower numbers."""
    walker.channel.write(range(500, 505))
    walker.crawl()
    walker.channel.messages.clear()
    walker.channel.write([1, 2], at=BEGIN + timedelta(days=20))

    ledger = walker.crawl()

    assert (ledger.outcome()[0], walker.kept, walker.cursors["newest"]) == ("ok", [1, 2], "2")
    assert "from the beginning again" in ledger.outcome()[1]


def test_the_newest_may_be_deleted_without_beginning_anew(walker: Walker) -> None:
    """Lower numbers alone say nothing."""
    walker.channel.write(range(1, 5))
    walker.crawl()
    del walker.channel.messages[4]

    ledger = walker.crawl()

    assert (ledger.outcome(), walker.kept, walker.cursors["newest"]) == (("ok", ""), [], "4")


def test_the_page_for_people_is_refused(walker: Walker) -> None:
    """A channel without a preview."""
    walker.page = LANDING

    ledger = walker.crawl()

    assert (ledger.outcome()[0], "shows no preview" in ledger.outcome()[1]) == ("refused", True)


def test_a_page_in_another_form_is_no_quiet_day(walker: Walker) -> None:
    """Where there were messages and now none is known as one, the run fails and the time is missing."""
    walker.channel.write([1, 2])
    walker.crawl()
    walker.page = walker.channel.page(None).replace("tgme_", "x_") * 20

    ledger = walker.crawl()

    assert ledger.outcome()[0] == "error"
    assert "its form has changed" in ledger.outcome()[1]
    assert "x_widget_message" in ledger.outcome()[1]
    assert told(ledger) == [("missing", "shape", None)]


def test_what_cannot_be_read_is_told_once(walker: Walker) -> None:
    """A message whose number is read and nothing else counts when it is new, not whenever it is seen."""
    walker.channel.write(range(1, 4))
    whole = walker.channel.page(None)
    walker.page = whole.replace((BEGIN + timedelta(minutes=2)).isoformat(), "yesterday")

    first, again = walker.crawl(), walker.crawl()

    assert walker.all == [1, 3]
    assert told(first) == [("collected", "", 2), ("missing", "shape", 1)]
    assert told(again) == [("collected", "", 0)]


def test_an_empty_page_where_there_were_messages_is_told(walker: Walker) -> None:
    """All of them may be deleted, or the page has changed: nobody can tell, so the run is partial."""
    walker.channel.write([1, 2])
    walker.crawl()
    walker.channel.messages.clear()

    assert walker.crawl().outcome() == ("partial", "no messages, where there were some before")


def test_what_all_messages_told_and_none_tells_any_more_is_reported(walker: Walker) -> None:
    """Views are gone from every message: the run is partial, its posts are kept. At first it is a remark."""
    walker.channel.write(range(1, 7), views="")
    never = walker.crawl()
    walker.channel.write(range(7, 30))
    walker.crawl()
    walker.channel.write(range(30, 60), views="")

    ledger = walker.crawl()

    assert never.outcome()[0] == "ok"
    assert ledger.outcome()[0] == "partial"
    for each in (never, ledger):
        assert "no message tells its views" in each.outcome()[1]
    assert sorted(walker.kept) == list(range(30, 60))


def test_a_channel_may_ask_not_to_be_collected(walker: Walker) -> None:
    """#nobot in its description: nothing is kept."""
    walker.channel.write(range(1, 4))
    walker.channel.about = "news #NoBot"

    ledger = walker.crawl()

    assert (ledger.outcome()[0], ledger.details()["passed_over"]) == ("refused", {"opted out": 3})
    assert walker.kept == []


def test_a_profile_is_kept_once_a_day(walker: Walker) -> None:
    """The first page of a day tells who the channel is."""
    walker.channel.write([1])
    walker.crawl()
    today = walker.cursors["profile"]

    walker.crawl()

    assert today is not None
    assert walker.cursors["profile"] == today


@pytest.mark.parametrize(
    ("cut", "gone"),
    [("", {4, 8, 12}), ("end", {4, 8}), ("early", {4}), ("nothing", set()), ("deaf", {4, 8, 12})],
)
def test_only_what_a_page_covers_is_gone(walker: Walker, cut: str, gone: set[int]) -> None:
    """4, 8 and 12 are looked for: what lies behind the end of a page that was cut off is not gone."""
    walker.channel.write([1, 2, 3, 5, 6, 7, 9, 10, 11])
    whole = walker.channel.page(None)
    if cut == "deaf":  # a server that gives its newest page whatever it is asked
        walker.channel.write([13])
        walker.page = walker.channel.page(None)
    elif cut == "nothing":
        walker.page = "<html>busy</html>"
    elif cut:
        walker.page = whole[: whole.index('id="7"' if cut == "early" else "</section>")]

    assert walker.look({1, 4, 5, 8, 12}) == gone
    assert set(walker.kept) == (set() if cut == "nothing" else {1, 5})
