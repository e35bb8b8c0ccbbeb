"""What is found: query, and how many of the 300 posts match."""

from __future__ import annotations

from typing import Any

Query = dict[str, Any]


def _text(words: str, **options: Any) -> Query:
    return {"match": {"text": {"query": words, **options}}}


def _phrase(words: str, slop: int = 0) -> Query:
    return {"match_phrase": {"text": {"query": words, "slop": slop}}}


def _term(field: str, value: Any) -> Query:
    return {"term": {field: value}}


def _should(*queries: Query, **options: Any) -> Query:
    return {"bool": {"should": list(queries), **options}}


FEED, FA, AI, REPLY = (
    _term("platform", "feed"),
    _term("language", "fa"),
    _term("hashtags", "ai"),
    _term("is", "reply"),
)

QUERIES: dict[str, tuple[Query, int]] = {
    # keywords and numbers
    "term of a Persian keyword": (_term("hashtags", "هوشمصنوعی"), 43),  # artificial intelligence
    "term of no keyword": (_term("hashtags", "هوش"), 0),
    "term in another case": (_term("hashtags", "AI"), 0),
    "empty keyword": (_term("platform", ""), 0),
    "term of a number": (_term("author_n", 0), 24),
    "term of the number 0": (_term("likes", 0), 14),
    "term of a number nobody has": (_term("likes", 19), 0),
    "negative number": (_term("likes", -1), 0),
    "largest number": (_term("n", 2**63 - 1), 0),
    "terms of one": ({"terms": {"author": ["a00"]}}, 24),
    "terms with a value twice": ({"terms": {"author": ["a00", "a00"]}}, 24),
    "terms of numbers": ({"terms": {"likes": [0, 1, 99]}}, 28),
    "terms of a field nobody has": ({"terms": {"conversation": ["x"]}}, 0),
    "a thousand terms": ({"terms": {"id": [f"p{i:03d}" for i in range(0, 1_000)]}}, 300),
    "no ids": ({"ids": {"values": []}}, 0),
    "an id twice": ({"ids": {"values": ["p007", "p007"]}}, 1),
    "ids nobody has": ({"ids": {"values": ["x", "p0"]}}, 0),
    "exists: list": ({"exists": {"field": "hashtags"}}, 171),
    "exists: nobody": ({"exists": {"field": "views"}}, 0),
    "exists: everybody": ({"exists": {"field": "created_at"}}, 300),
    "exists: id": ({"exists": {"field": "id"}}, 300),
    "exists: some numbers": ({"exists": {"field": "followers"}}, 225),
    # ranges
    "from below": ({"range": {"likes": {"gte": 18}}}, 15),
    "to above": ({"range": {"likes": {"lt": 1}}}, 14),
    "one value": ({"range": {"likes": {"gte": 4, "lte": 4}}}, 14),
    "between two neighbours": ({"range": {"likes": {"gt": 4, "lt": 5}}}, 0),
    "turned round": ({"range": {"likes": {"gte": 9, "lte": 3}}}, 0),
    "both lower bounds": ({"range": {"likes": {"gt": 3, "gte": 10}}}, 132),
    "negative bound": ({"range": {"likes": {"gte": -5, "lt": 0}}}, 0),
    "63-bit bound": ({"range": {"n": {"gte": 2**62 + 298}}}, 2),
    "date: a moment": (
        {"range": {"created_at": {"gte": "2026-10-24T22:00:00Z", "lte": "2026-10-24T22:00:00Z"}}}, 1,
    ),
    "date: before all": ({"range": {"created_at": {"lt": "2026-10-24T22:00:00Z"}}}, 0),
    "date: another zone": ({"range": {"created_at": {"lt": "2026-10-25T01:30:01+03:30"}}}, 1),
    "date: half seconds": (
        {"range": {"created_at": {"gt": "2026-10-24T21:59:59.5Z", "lt": "2026-10-24T22:00:00.5Z"}}}, 1,
    ),
    "date: October": ({"range": {"created_at": {"lt": "2026-11-01T00:00:00Z"}}}, 57),
    "date: over three months": (
        {"range": {"created_at": {"gte": "2026-10-31T00:00:00Z", "lt": "2026-12-02T00:00:00Z"}}}, 251,
    ),
    # words
    "a Persian word": (_text("مصنوعی"), 120),
    "a word of one language": (_text("ایران"), 60),
    "a word nobody writes": (_text("نیست"), 0),
    "either of two languages": (_text("ایران job"), 120),
    "both of two languages": (_text("ایران job", operator="and"), 0),
    "a word twice": (_text("هوش هوش", operator="and"), 120),
    "and, in capitals": (_text("هوش ایران", operator="AND"), 60),
    "or with a word nobody writes": (_text("job نیست", operator="or"), 60),
    "and with a word nobody writes": (_text("job نیست", operator="and"), 0),
    "spaces around": (_text("  job  "), 60),
    "only spaces": (_text("   "), 0),
    "term of a text": (_term("text", "intelligence"), 120),
    "terms of a text": ({"terms": {"text": ["job", "ایران"]}}, 120),
    # phrases
    "phrase in order": (_phrase("هوش مصنوعی"), 60),
    "phrase the other way": (_phrase("مصنوعی هوش"), 60),
    "phrase of the whole": (_phrase("هوش مصنوعی در ایران"), 60),
    "phrase longer than the whole": (_phrase("هوش مصنوعی در ایران job"), 0),
    "phrase of a word twice": (_phrase("هوش هوش"), 0),
    "phrase with a gap": (_phrase("هوش در"), 0),
    "phrase with a gap of one": (_phrase("هوش در", 1), 60),
    "empty phrase": (_phrase(""), 0),
    "turned round by one": (_phrase("مصنوعی هوش", 1), 60),
    "turned round by two": (_phrase("مصنوعی هوش", 2), 120),
    "three in order, two moved": (_phrase("هوش در ایران", 1), 60),
    "three, none moved": (_phrase("هوش در ایران", 0), 0),
    "three, the first last, slop 2": (_phrase("در هوش مصنوعی", 2), 0),
    "three, the first last, slop 3": (_phrase("در هوش مصنوعی", 3), 60),
    "three turned round, slop 3": (_phrase("در مصنوعی هوش", 3), 0),
    "three turned round, slop 4": (_phrase("در مصنوعی هوش", 4), 60),
    "four, two swapped": (_phrase("job artificial offer intelligence", 2), 60),
    "four, two swapped, slop 1": (_phrase("job artificial offer intelligence", 1), 0),
    "a word twice, loosely": (_phrase("هوش هوش", 3), 0),
    "slop 100 of two": (_phrase("ایران هوش", 100), 60),
    # bool
    "must and filter": ({"bool": {"must": [FEED], "filter": [FA]}}, 40),
    "one query, not a list": ({"bool": {"must": FEED, "must_not": FA}}, 60),
    "must not of two": ({"bool": {"must_not": [FEED, FA]}}, 120),
    "must not of all": ({"bool": {"must_not": [{"match_all": {}}]}}, 0),
    "filter and must not": ({"bool": {"filter": [AI], "must_not": [REPLY]}}, 96),
    "should of one": (_should(AI), 128),
    "should of three": (_should(AI, FEED, REPLY), 213),
    "two of three": (_should(AI, FEED, REPLY, minimum_should_match=2), 80),
    "three of three": (_should(AI, FEED, REPLY, minimum_should_match=3), 10),
    "one of three": (_should(AI, FEED, REPLY, minimum_should_match=1), 213),
    "none of three is one of three": (_should(AI, FEED, REPLY, minimum_should_match=0), 213),
    "should beside filter": ({"bool": {"filter": [FEED], "should": [FA]}}, 100),
    "should beside filter, one of it": (
        {"bool": {"filter": [FEED], "should": [FA, AI], "minimum_should_match": 1}}, 66,
    ),
    "should beside must not": ({"bool": {"should": [FEED], "must_not": [FA]}}, 60),
    "should beside must not, none of it": (
        {"bool": {"should": [FEED], "must_not": [FA], "minimum_should_match": 0}}, 60,
    ),
    "bool in bool": ({"bool": {"must": [_should(FEED, AI), {"bool": {"must_not": [FA]}}]}}, 111),
    "not of a phrase": ({"bool": {"must_not": [_phrase("هوش مصنوعی")]}}, 240),
    "four deep": ({"bool": {"filter": [{"bool": {"must": [{"bool": {"should": [_should(FEED)]}}]}}]}}, 100),
    "the same twice": ({"bool": {"must": [FEED, FEED]}}, 100),
    "a contradiction": ({"bool": {"must": [FEED], "must_not": [FEED]}}, 0),
}  # fmt: skip
