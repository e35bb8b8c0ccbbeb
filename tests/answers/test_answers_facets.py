"""What posts are made up of, counted again from the posts as they were read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from answers import posts as answered_posts
from answers.facets import facets
from posts.selection import Selection
from store.deepening import Behind


def test_facets_count_what_was_read(world: Any) -> None:
    """Each value has as many posts as were read so; equal ones by name; shares are of what was read."""
    found = facets(world.asking, Selection(), size=50).value
    read = [post.annotations for post in answered_posts.stream(world.asking, Selection())]

    counted = {facet.kind: [(value, figure.value) for value, figure in facet.parts] for facet in found.facets}
    moods = Counter(each.sentiment.label for each in read if each.sentiment is not None)
    assert counted["sentiment"] == sorted(moods.items(), key=lambda row: (-row[1], row[0]))
    languages = Counter(each.language for each in read)
    assert counted["language"] == sorted(languages.items(), key=lambda row: (-row[1], row[0]))
    assert found.posts.value == len(read)
    assert found.read.value == sum(moods.values()) > 0
    assert found.noise.value == sum(bool(each.noise) for each in read) > 0
    assert found.behind == Behind(posts=0)


def test_facets_of_nothing(world: Any) -> None:
    """No posts have no values."""
    found = facets(world.asking, Selection(query="nobody-says-this")).value

    assert found.posts.value == found.read.value == found.noise.value == 0
    assert [facet.parts for facet in found.facets] == [()] * len(found.facets)


def test_without_noise(world: Any) -> None:
    """What is left out and what is shown alone make the whole."""
    whole, without, only = (
        facets(world.asking, Selection(noise=noise)).value.posts.value for noise in (None, "out", "only")
    )

    assert whole == without + only
    assert only > 0
