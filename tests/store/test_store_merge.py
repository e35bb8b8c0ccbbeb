"""Laws of merging two copies of one post."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from posts.post import MAX_EDITS, Author, Edit, Link, Mentioned, Metrics, Poll, PollOption, Post
from store.merge import date_edit, merge, settle

AT = datetime(2026, 11, 1, tzinfo=UTC)
moments = st.integers(0, 3).map(lambda hours: AT + timedelta(hours=hours))
unknown = st.none()
older = st.integers(1, 14).map(lambda days: AT - timedelta(days=days))
counts = unknown | st.integers(0, 2)
keys = unknown | st.sampled_from(["x:h:a", "x:h:b"])
refs = unknown | st.sampled_from(["x:h:8", "x:h:9"])

copies = st.builds(
    Post,
    id=st.just("x:h:1"),
    platform=st.just("x"),
    kind=st.sampled_from(["text", "image"]),
    source=st.sampled_from(["s1", "s2", "s3"]),
    created_at=moments,
    collected_at=moments,
    author=unknown | st.builds(Author, key=st.just("x:h:a"), followers=counts),
    aliases=st.lists(st.sampled_from(["x:h:1", "x:i:5", "x:j:6"]), max_size=2).map(tuple),
    edited_at=unknown | moments,
    edits=st.lists(st.builds(Edit, at=older, text=st.sampled_from(["a", "b"])), max_size=8).map(tuple),
    deleted_at=unknown | unknown | moments,
    title=unknown | st.sampled_from(["t", "u"]),
    text=st.sampled_from(["", "a", "ب"]),
    hashtags=st.sampled_from([(), ("AI",)]),
    mentioned=st.sampled_from([(), (Mentioned(key="x:h:b"),)]),
    links=st.sampled_from([(), (Link(url="https://example.org/"),)]),
    poll=unknown | st.builds(Poll, options=st.just((PollOption(title="yes"),)), votes=counts),
    reply_to=refs,
    reply_to_author=keys,
    quote_of=refs,
    metrics=st.builds(Metrics, likes=counts, shares=counts),
    run_id=unknown | st.sampled_from(["r1", "r2"]),
)


@given(copies, copies)
def test_order_of_two_copies_does_not_matter(a: Post, b: Post) -> None:
    """Merging is commutative."""
    assert merge(a, b) == merge(b, a)


@given(copies, copies, copies)
def test_grouping_of_three_copies_does_not_matter(a: Post, b: Post, c: Post) -> None:
    """Merging is associative."""
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(copies, copies)
def test_a_copy_that_comes_again_changes_nothing(a: Post, b: Post) -> None:
    """Merging is idempotent."""
    both = merge(a, b)

    assert merge(both, a) == both
    assert merge(both, both) == both
    assert merge(a, a) == settle(a) == settle(settle(a))


@given(copies, copies)
def test_of_earlier_wordings_the_newest_stay(a: Post, b: Post) -> None:
    """Each moment once, in order, and the newest of both copies."""
    merged = merge(a, b)
    told = sorted({edit.at for edit in (*a.edits, *b.edits)})

    kept = [] if merged.deleted_at else told[-MAX_EDITS:]
    assert [edit.at for edit in merged.edits] == kept


def build_copy(source: str, hours: int, **parts) -> Post:
    at = AT + timedelta(hours=hours)
    return Post(id="x:h:1", platform="x", kind="text", source=source, created_at=AT, collected_at=at, **parts)


def test_each_part_is_taken_from_the_copy_that_knows_it_best() -> None:
    """The newest edit gives the text, the newest copy the counts, the first one the source."""
    edited = build_copy("late", 2, edited_at=AT + timedelta(hours=1), text="new", metrics=Metrics(likes=2))
    lagging = build_copy("zeta", 3, text="old", metrics=Metrics(likes=3), aliases=("x:i:7",))
    first = build_copy("first", 1, text="old", metrics=Metrics(likes=1))

    merged = merge(edited, lagging, first)

    assert merged.text == "new"
    assert merged.metrics.likes == 3
    assert merged.source == "first"
    assert merged.also_in == ("late", "zeta")
    assert merged.aliases == ("x:i:7",)
    assert merged.first_seen_at == AT + timedelta(hours=1)
    assert merged.collected_at == AT + timedelta(hours=3)


def test_a_copy_that_does_not_count_takes_no_counts_away() -> None:
    """Unknown never overwrites what another copy told."""
    told = build_copy("s", 1, author=Author(key="x:h:a"), metrics=Metrics(likes=5))
    silent = build_copy("t", 2)

    merged = merge(told, silent)

    assert merged.metrics.likes == 5
    assert merged.author == Author(key="x:h:a")


def test_deletion_takes_the_content_whenever_it_comes() -> None:
    """Nothing of what was said or who said it stays."""
    said = build_copy("s", 5, text="secret", author=Author(key="x:h:a"), metrics=Metrics(likes=5))
    gone = build_copy("s", 2, deleted_at=AT + timedelta(hours=2))

    merged = merge(said, gone)

    assert merged.deleted_at == AT + timedelta(hours=2)
    assert (merged.text, merged.author, merged.metrics, merged.url) == ("", None, Metrics(), None)
    assert merged == merge(gone, said)


def test_each_of_several_silent_corrections_wins() -> None:
    """Also after the first, and when the old writing comes back; a platform that tells edits is believed."""
    stored = replace(build_copy("news", 1, title="a"), platform="feed")
    for hour, title in ((2, "b"), (3, "c"), (4, "a")):
        copy = replace(build_copy("news", hour, title=title), platform="feed")
        stored = merge(stored, date_edit(copy, stored))

        assert (stored.title, stored.edited_at) == (title, AT + timedelta(hours=hour))
    told = replace(stored, platform="mastodon")
    late = replace(build_copy("news", 5, title="old"), platform="mastodon")
    assert date_edit(late, told) == late


def test_a_silent_correction_of_the_only_source_wins() -> None:
    """A feed that changes a title tells no time of edit: the time it was seen is taken."""
    before, after = build_copy("feed", 1, title="Wrnog"), build_copy("feed", 2, title="Right")

    merged = merge(before, date_edit(after, before))

    assert merged.title == "Right"
    assert merged.edited_at == AT + timedelta(hours=2)
    assert date_edit(before, after) == before
