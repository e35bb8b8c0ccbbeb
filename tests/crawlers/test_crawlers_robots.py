"""robots.txt files, whatever stands in them, without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.robots import Rules, rules_of

LINES = st.lists(
    st.builds(
        lambda name, colon, value: f"{name}{colon}{value}",
        st.sampled_from(
            ["User-agent", "Disallow", "Allow", "Crawl-delay", "Request-rate", "Visit-time", "Sitemap"]
        ),
        st.sampled_from([":", ": ", " ", "：", "::"]),
        st.text(max_size=30)
        | st.sampled_from(["*", "rasad", "/", "/*x*$", "http://[", "//", "1/0", "nan", "9" * 400]),
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "delay_s"),
    [
        ("", 0),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: rasad\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 2", 7),
        ("User-agent: other\nCrawl-delay: 9", 0),
        ("User-agent: *\nRequest-rate: 1/10", 10),
        ("User-agent: *\nRequest-rate: 30/1m", 2),
        ("User-agent: *\nRequest-rate: 1/5 0900-1700\nCrawl-delay: 3", 5),
        ("User-agent: *\nRequest-rate: 1/" + "9" * 400, 10**9),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: 1e999", 0),
    ],
)
def test_the_pause_that_a_file_asks_for(body: str, delay_s: float) -> None:
    """Crawl-delay or Request-rate, whichever is longer, as it is said to us or to everybody."""
    assert rules_of(body).delay_s == delay_s


@given(LINES | st.text(max_size=200), st.sampled_from(["/", "/feed?x=1", "/%zz", "/سلام", "//x"]))  # "hello"
def test_no_file_breaks_it(body: str, path: str) -> None:
    """Whatever stands there: yes or no, and a pause that is none below zero."""
    rules = rules_of(body)

    assert isinstance(rules, Rules)
    assert rules.allow(f"https://h.example{path}") in {True, False}
    assert rules.delay_s >= 0
