"""How many posts a second are read on one core: ``python -m benchmarks reading``."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from nlp import hashtags
from nlp.fold import tokens
from nlp.language import detect
from nlp.pipeline import WatchedEntity, WatchList, load
from posts.post import Post

POSTS = 20_000

_WORDS = {
    "fa": "امروز در تهران هوا خیلی خوب است ولی بازار موبایل و خودرو باز هم گران‌تر شده و کسی نمی‌داند چرا "
    "قیمت‌ها این‌طور بالا می‌رود مردم از خدمات شرکت‌ها راضی نیستند اما کیفیت محصولات جدید بهتر شده‌است",
    "en": "the new phone looks great but I think that battery life is worse than last year and they said "
    "nothing about it today so people are asking why prices went up again while service stays slow",
    "de": "heute ist das Wetter schön aber die Preise steigen wieder und niemand weiß warum das so ist",
    "ar": "اليوم الطقس جميل جدا في المدينة ولكن الأسعار ارتفعت مرة أخرى ولا أحد يعرف لماذا هذا الغلاء",
}
_MARKS = {
    "fa": ["#هوش_مصنوعی", "#تهران", "#جام‌جهانی", "@sara", "https://t.co/a1b2c3", "😂😂", "digikala.com"],
    "en": ["#AI", "#BlackFriday", "@sara", "https://example.org/news/2026?id=4", "$TSLA", "🔥"],
    "de": ["#Wetter", "@presse"],
    "ar": ["#الرياض", "@news"],
}
_SHARE = ["fa"] * 10 + ["en"] * 8 + ["de", "ar"]
_BRANDS = ["ایران خودرو", "رستا", "دیجی‌کالا", "Iran Khodro", "Snapp", "Acme Phones"]


def texts(count: int, *, seed: int = 7, watched: float = 0.0) -> list[str]:
    """Mixed Persian and English texts of some 140 characters; a share ``watched`` names a brand."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        language = rng.choice(_SHARE)
        words = rng.choices(_WORDS[language].split(), k=rng.randint(12, 30))
        for _ in range(rng.randint(0, 4)):
            words.insert(rng.randrange(len(words)), rng.choice(_MARKS[language]))
        if rng.random() < watched:
            words.insert(rng.randrange(len(words)), rng.choice(_BRANDS))
        made.append(" ".join(words) + rng.choice(["", ".", "!", " 😍"]))
    return made


def main() -> None:
    """Print posts per CPU second of each stage."""
    plain = texts(POSTS)
    quarter = texts(POSTS, watched=0.25)
    brands = WatchList(
        entities=tuple(WatchedEntity(id=f"brand:{n}", names=(name,)) for n, name in enumerate(_BRANDS))
    )
    without, watching = load(), load(brands)
    detect("ein kurzer Satz, damit alles geladen ist")
    rows: list[tuple[str, Callable[[], object]]] = [
        ("hashtags.find", lambda: [hashtags.find(text) for text in plain]),
        ("fold.tokens", lambda: [tokens(text) for text in plain]),
        ("language.detect", lambda: [detect(text) for text in plain]),
        ("annotate, no watch list", lambda: list(without.annotate(_posts(plain)))),
        ("annotate, watch list, no name", lambda: list(watching.annotate(_posts(plain)))),
        ("annotate, watch list, 1 in 4", lambda: list(watching.annotate(_posts(quarter)))),
    ]
    print(f"{POSTS:,} texts, {sum(map(len, plain)) / POSTS:.0f} characters each; posts per CPU second")
    for name, stage in rows:
        started = time.process_time()
        stage()
        print(f"{name:32}{POSTS / (time.process_time() - started):12,.0f}")


def _posts(written: Iterable[str]) -> list[Post]:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Post(
            id=f"bench:x:{n}", platform="bench", kind="text", source="bench",
            created_at=now, collected_at=now, text=text,
        )
        for n, text in enumerate(written)
    ]  # fmt: skip


if __name__ == "__main__":
    main()
