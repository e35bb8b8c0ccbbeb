"""The checker of a draft by a table of cases."""

from __future__ import annotations

import pytest

from nlp.usage import check, mended

CASES = [
    ("Try #blackfridaydeals now", None, [("capitals", 4, 21)], "Try #BlackFridayDeals now"),
    ("Try #BlackFridayDeals now #Iran", None, [], "Try #BlackFridayDeals now #Iran"),
    ("#هوش‌مصنوعی", "bluesky", [("half_space_cut", 0, 11)], "#هوش_مصنوعی"),  # artificial intelligence
    ("#هوش‌مصنوعی", "mastodon", [("half_space", 0, 11)], "#هوش_مصنوعی"),
    ("#هوشمصنوعی", None, [("joined", 0, 10)], "#هوش_مصنوعی"),
    ("#هوش_مصنوعی و #کتابخانه", None, [], "#هوش_مصنوعی و #کتابخانه"),  # library
    ("we won #2024", None, [("digits", 7, 12)], "we won #2024"),
    ("# tea", None, [("gap", 0, 5)], "#tea"),
    ("#rock-n-roll, ok", None, [("cut", 0, 12)], "#rock_n_roll, ok"),
    ("#rock-n-roll", "bluesky", [], "#rock-n-roll"),
    ("tea.#tea.", None, [], "tea.#tea."),
    ("#one#two", None, [("glued", 0, 8)], "#one #two"),
    ("#Tea and #tea", None, [("repeated", 9, 13)], "#Tea and tea"),
    ("#a1 #b1 #c1", "x", [("many", 8, 11)], "#a1 #b1 #c1"),
    ("#a1 #b1", "threads", [("too_many", 4, 7)], "#a1 #b1"),
    (f"#{'Aq' * 35}", "bluesky", [("too_long", 0, 71)], f"#{'Aq' * 35}"),
    (f"#{'Aq' * 20}", "bluesky", [("long", 0, 41)], f"#{'Aq' * 20}"),
    ("", None, [], ""),
]


@pytest.mark.parametrize(("text", "platform", "told", "better"), CASES)
def test_what_is_said_of_a_draft(
    text: str, platform: str | None, told: list[tuple[str, int, int]], better: str
) -> None:
    """Code and place of each finding, and the draft with it put right; what is right stays as it is."""
    found = check(text, platform)

    assert [(one.code, one.start, one.end) for one in found] == told
    assert [text[one.start : one.end] for one in found] == [one.found for one in found]
    assert mended(text, found) == better
