"""What can be wrong with a query, in English; ``words/queries.toml`` says the same in both languages.

``{names}`` are filled with parts of the query. Examples stand in backticks.
"""

from __future__ import annotations

from typing import Final

from posts.errors import QueryError

SAID: Final[dict[str, tuple[str, str]]] = {
    "too_long": ("The query is longer than {most} signs.", "Shorten it."),
    "half_letter": ("This sign is half of a letter.", "Remove it."),
    "too_deep": ("Nested deeper than {most}.", "Write it flatter."),
    "closes_nothing": ("This parenthesis closes nothing.", "Remove it, or open one before it."),
    "never_closed": ("This parenthesis is never closed.", "Close it with `)`."),
    "empty_group": ("Nothing stands between these parentheses.", "Remove them."),
    "alone": ("`{word}` needs something on both sides.", 'Search the word as `"{word}"`.'),
    "nothing_here": ("Something to search for is missing here.", "Write a word, or remove what is left."),
    "minus": ("A minus stands before what it excludes.", "Write `-word` without a space."),
    "open_quote": ("This quotation is never closed.", "Close it with `{mark}`."),
    "empty_quote": ("Nothing stands between these quotation marks.", "Remove them."),
    "no_tag": ("Here a tag is missing.", "Write it without a space, or remove the sign."),
    "no_handle": ("Here a name is missing.", "Write it without a space, or remove the sign."),
    "no_word": ("Here a word is missing.", "Write it without a space, or remove the sign."),
    "not_a_name": ("`@{name}` is no name.", "Write `@name` or `@name@server`."),
    "no_field": (
        "There is no field `{name}`.",
        "Fields are `{fields}`; put words with a colon in quotation marks.",
    ),
    "no_field_but": (
        "There is no field `{name}`.",
        "Did you mean `{near}:`? Fields are `{fields}`; put words with a colon in quotation marks.",
    ),
    "address": ("An address is no word.", "Search it as `link:{value}`, or put it in quotation marks."),
    "no_value": ("`{name}:` needs a value.", "Write it behind the colon, as `{name}:{example}`."),
    "not_known": ("`{name}:{value}` is not known.", "One of `{known}`."),
    "no_language": ("`{value}` is no code of a language.", "Write `lang:fa` or `lang:en`."),
    "no_time": (
        "`{name}:{value}` is no time.",
        "Write `{name}:7d`, or a day as `{name}:2026-11-01` or `{name}:1405/08/10`.",
    ),
    "no_days": (
        "`date:{value}` is no day.",
        "Write `date:2026-11-01`, `date:1405/08/10`, or the first and the last day with `..` between.",
    ),
    "no_count": (
        "`{name}:{value}` is no count.",
        "Write `{name}:>100`, `{name}:<=2k`, `{name}:10..50` or `{name}:7`.",
    ),
    "empty_range": ("No count is in `{value}`.", "Write the smaller one first."),
    "wild_first": ("A word cannot begin with `*` or `?`.", "Begin with letters, as in `tea*`."),
    "wild_short": ("`{word}` has too few letters.", "Write at least {least} letters beside `*` and `?`."),
    "wild_many": (
        "`{word}` leaves too much open.",
        "At most {stars} `*` and {signs} `?`, and {behind} `?` behind a `*`.",
    ),
    "wild_sign": ("`{word}` is more than one word.", "`*` and `?` stand in words of letters and digits."),
    "fuzzy_far": ("At most two letters may differ.", "Write `{word}~1` or `{word}~2`."),
    "fuzzy_short": (
        "`{word}` is too short for `~{edits}`.",
        "`~1` needs words of 3 letters, `~2` of 5.",
    ),
    "fuzzy_word": ("`~` stands behind one whole word.", "For words near each other write `NEAR/3`."),
    "near_number": ("`{word}` needs a number.", "Say how many words may stand between: `{word}/5`."),
    "near_far": ("`{word}` looks too far.", "At most {most} words may stand between."),
    "near_chain": ("`{word}` joins two parts, not three.", "Join each two: `a NEAR/3 b b NEAR/3 c`."),
    "near_part": (
        "This cannot stand beside `{word}`.",
        "Words and phrases can, and some of them in parentheses with `OR` between.",
    ),
    "exact_part": ("`=` stands before a word or a phrase.", "Remove it."),
    "spelling_place": (
        "`spelling:exact` is about the whole query.",
        "Write it beside the rest, not behind `OR` or a minus.",
    ),
    "no_letters": ("`{text}` has no letters or digits to search for.", "Search for a word or a #tag."),
    "no_hashtag": ("`#{text}` is no hashtag.", "Write `#word`."),
    "no_host": ("`{value}` is no address.", "Write it as `{name}:{example}`."),
    "too_wide": ("The query stands for too many words.", "Shorten it, or ask with `spelling:exact`."),
    "no_noise": ("'{value}' says nothing about noise.", "One of {known}."),
    "no_edge": ("'{value}' is no kind of edge.", "One of {known}."),
    "no_moment": ("{name} is not a time.", "Write `2026-11-23T08:00:00Z`."),
    "no_period": ("'{value}' is no period.", "One of {known}."),
    "sides": ("Between {fewest} and {most} different hashtags or queries can be compared.", "Name as many."),
    "unnamed": ("No hashtag is named.", "Name one."),
    "window": ("The window ends before it begins.", "Let until come after since."),
    "unknown_near": ("There is no {kind} '{value}' here.", "Did you mean {near}?"),
    "unknown_listed": ("There is no {kind} '{value}' here.", "There are: {names}"),
    "unknown_none": ("There is no {kind} '{value}' here.", "There is none yet."),
}


def query_error(
    key: str, query: str, position: int, *, repair: str | None = None, **values: object
) -> QueryError:
    """The error of that key, to be raised."""
    filled = {name: str(value) for name, value in values.items()}
    message, remedy = SAID[key]
    return QueryError(
        message.format(**filled), query=query, position=position, remedy=remedy.format(**filled),
        repair=repair, key=key, values=filled,
    )  # fmt: skip
