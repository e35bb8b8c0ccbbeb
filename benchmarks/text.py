"""How many posts a second are read on one core, ours and others': ``python -m benchmarks text``.

6,000 posts, half Persian and half English, of 137 characters on average. Their words follow each other as in
the tweets that ``nlp/data/frequencies.*.txt`` was counted in (a chain of pairs), with up to four tags, names,
addresses or emoji put among them. The peer twitter-text-python is none of what Rasad is tested with: it is
measured where a folder on ``PYTHONPATH`` has it, else its line is left out.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from benchmarks import pipelines
from nlp import emoji, fold, hashtags, language, lexicon
from nlp.cuts import cut
from nlp.pipeline import load
from nlp.signs import scan
from nlp.text import prepare
from posts.post import Post

POSTS: Final = 6_000
TURNS: Final = 3
_LETTERS: Final = (46, 184)
"""Characters of words, before signs are put among them."""
_MARKS: Final = {
    "fa": ["#هوش_مصنوعی", "#تهران", "#جام‌جهانی", "#انتخابات۱۴۰۴", "#خبرفوری", "@sara_1990", "😂😂", "❤️",
           "https://t.co/a1B2c3D4e5", "🇮🇷", "digikala.com", "«بله»،"],
    "en": ["#AI", "#BlackFriday", "#throwbackthursday", "@sara_1990", "RT @news:", "https://t.co/a1B2c3D4e5",
           "https://example.org/news/2026?id=4", "$TSLA", "don't", "U.S.", "👍🏽", "🔥"],
}  # fmt: skip
_MOST_MARKS: Final = 4

Row = tuple[str, Callable[[str], object]]


def texts(count: int = POSTS, *, seed: int = 7) -> list[str]:
    """Made posts, Persian and English in turn."""
    rng = random.Random(seed)
    return [_text(("fa", "en")[number % 2], rng) for number in range(count)]


def _text(code: str, rng: random.Random) -> str:
    first, following = _chain(code)
    words: list[str] = []
    room = rng.randint(*_LETTERS)
    while room > 0:
        found = following.get(words[-1]) if words else None
        # Now and then a new beginning, for the commonest pairs lead in circles.
        words.append(_drawn(found, rng) if found and rng.random() < 0.8 else _drawn(first, rng))
        room -= len(words[-1]) + 1
    for _ in range(rng.randint(0, _MOST_MARKS)):
        words.insert(rng.randrange(len(words) + 1), rng.choice(_MARKS[code]))
    return " ".join(words) + rng.choice(["", ".", "!", "؟" if code == "fa" else "?"])


Choices = tuple[list[str], list[float]]


def _drawn(choices: Choices, rng: random.Random) -> str:
    return rng.choices(choices[0], cum_weights=choices[1])[0]


@lru_cache(maxsize=2)
def _chain(code: str) -> tuple[Choices, dict[str, Choices]]:
    """All words by how often they are written, and those that stand behind each."""
    known = lexicon.of(code)
    behind: dict[str, list[tuple[str, float]]] = {}
    for pair, chance in known.pairs.items():
        one, _, two = pair.partition("_")
        behind.setdefault(one, []).append((two, math.exp(chance)))
    first = _choices((word, math.exp(chance)) for word, chance in known.words.items())
    return first, {one: _choices(found) for one, found in behind.items()}


def _choices(found: Iterable[tuple[str, float]]) -> Choices:
    words: list[str] = []
    sums: list[float] = []
    for word, weight in found:
        words.append(word)
        sums.append(weight + (sums[-1] if sums else 0.0))
    return words, sums


# --- what is measured ---

_SIMPLE: Final = re.compile(r"#(\w+)")


def simple(text: str) -> object:
    """What most do: a sign and word characters."""
    return _SIMPLE.findall(text)


def keyed(text: str) -> object:
    """Everything of the first stage but records: signs, family keys, words, language."""
    signs = scan(text)
    bare = fold.plain(text, signs)
    words = fold.words(bare)
    keys = [hashtags.key(text[start + 1 : end]) for kind, start, end in signs if kind == "hashtag"]
    return keys, language.of_words(bare, words)


def annotated(text: str) -> object:
    """A post with its annotations, without watched names."""
    return _PIPELINE.read(Post(id="bench:x:1", platform="bench", kind="text", source="bench", created_at=_NOW,
                               collected_at=_NOW, text=text))  # fmt: skip


_PIPELINE: Final = load()
_NOW: Final = datetime(2026, 11, 1, tzinfo=UTC)


def ours() -> Iterator[Row]:
    yield "`nlp.signs.scan`: tags, names, tickers, addresses", scan
    yield "`nlp.hashtags.find`, as records with keys", hashtags.find
    yield "`scan` and `nlp.emoji.find`", lambda text: (scan(text), emoji.find(text))
    yield "`scan`, family keys, words and language", keyed
    yield "first stage whole: `Pipeline.read`", annotated
    yield "`nlp.text.prepare`, language detected", prepare
    yield "`nlp.text.prepare`, language known", lambda text: prepare(text, "fa")


def others() -> Iterator[Row]:
    yield "`#(\\w+)` of the standard library", simple
    yield "spaCy `xx` tokenizer with a Matcher", _spacy()
    parser = _twitter_text_python()
    if parser is not None:
        yield "twitter-text-python 1.1.1", parser


def _spacy() -> Callable[[str], object]:
    import spacy
    from spacy.matcher import Matcher

    nlp = spacy.blank("xx")
    matcher = Matcher(nlp.vocab)
    matcher.add("hashtag", [[{"ORTH": "#"}, {"IS_ALPHA": True}]])
    matcher.add("mention", [[{"TEXT": {"REGEX": r"^@\w+$"}}]])
    matcher.add("link", [[{"LIKE_URL": True}]])
    return lambda text: matcher(nlp.make_doc(text))


def _twitter_text_python() -> Callable[[str], object] | None:
    try:
        from ttp import ttp
    except ImportError:
        print("twitter-text-python is not on PYTHONPATH: its line is left out.")
        return None
    parser: Any = ttp.Parser()
    parse: Callable[[str], object] = parser.parse
    return parse


def main() -> None:
    """Print posts per CPU second of each way, the best of some turns, as a table."""
    posts = texts()
    tags = [text[start:end] for text in posts for kind, start, end in scan(text) if kind == "hashtag"]
    language.detect("ein kurzer Satz, damit alles geladen ist")
    mean = sum(map(len, posts)) / len(posts)
    print(
        f"{len(posts):,} posts of {mean:.0f} characters, {len(tags):,} tags; per CPU second, best of {TURNS}"
    )
    print("| way | posts/s | microseconds a post |\n|---|---|---|")
    for name, way in (*others(), *ours()):
        best = min(_spent(way, posts) for _ in range(TURNS))
        print(f"| {name} | {len(posts) / best:,.0f} | {best / len(posts) * 1e6:.1f} |", flush=True)
    for name, whole in pipelines.rows():
        best = min(pipelines.spent(whole, posts) for _ in range(TURNS))
        print(f"| {name} | {len(posts) / best:,.0f} | {best / len(posts) * 1e6:.1f} |", flush=True)
    words = list(lexicon.of("en").words)[:2_000]
    joined = [one + two for one, two in zip(words, reversed(words), strict=True)]
    cut.cache_clear()
    print(
        f"| `nlp.cuts.cut` of {len(joined):,} new joined words | {len(joined) / _spent(cut, joined):,.0f} | |"
    )


def _spent(way: Callable[[str], object], texts: Iterable[str]) -> float:
    started = time.process_time()
    for text in texts:
        way(text)
    return time.process_time() - started


if __name__ == "__main__":
    main()
