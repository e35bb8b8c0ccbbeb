"""Who lives in the demo: some 1,500 invented people, three brands, two newsrooms and twelve sham accounts.

A few write a lot and most write little, as everywhere. Their servers end in ``.example``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

from posts.people import author_key
from posts.post import Author

PERSIANS: Final = 930
OTHERS: Final = 540
SHAMS: Final = 12

# First names with how they are written in handles.
_FA_FIRST: Final = (
    "مینا mina|آرش arash|نیلوفر niloufar|سهیل soheil|پریسا parisa|کاوه kaveh|لیلا leila|بابک babak|"
    "شیرین shirin|امید omid|نگار negar|پویا pouya|ترانه taraneh|رامین ramin|سارا sara|بهار bahar|"
    "کیان kian|هستی hasti|یاسمن yasaman|فرهاد farhad|الهام elham|مانی mani|گلناز golnaz|نیما nima|"
    "آیدا aida|سینا sina|رها raha|مهسا mahsa|آرمان arman|درسا dorsa"
)
# Words of nature and the tea table in place of family names, so that nobody real is meant.
_FA_LAST: Final = (
    "باران baran|سپیدار sepidar|قوری ghoori|کوهستان koohestan|بید bid|سماور samavar|نسیم nasim|"
    "مهتاب mahtab|نسترن nastaran|دریاکنار daryakenar|پاپیروس papyrus|چنار chenar|استکان estekan|"
    "صنوبر senobar|آویشن avishan|زعفران zaferan|شالیزار shalizar|کوچه‌باغ koochebagh|ابریشم abrisham|"
    "فانوس fanoos|بهارنارنج baharnarenj|نعناع nana|ایوان eyvan|رنگین‌کمان ranginkaman"
)
_EN_FIRST: Final = (
    "Nora Theo Maya Finn Ivy Oscar Lena Hugo Ada Milo Ruth Owen Tess Jonah Elsie Felix Wren Amos Cleo Ned"
)
_EN_LAST: Final = (
    "Kettle Fernhill Saucer Moss Teaspoon Harbour Willow Larkfield Oat Bramble Steam Cove Hazel Lantern "
    "Drizzle Meadow Pebble Sorrel Juniper Quill"
)
# Where each crowd is at home, and the neighbouring server from which its posts are seen as well.
_HOSTS: Final = {
    "fa": ("chatra.example", "samovar.example"),
    "en": ("teapot.example", "kettle.example"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who posts: ``speech`` is fa, en, ar or finglish; ``source`` is where their posts are seen."""

    author: Author
    host: str
    speech: str
    source: str

    @property
    def key(self) -> str:
        return self.author.key

    @property
    def name(self) -> str:
        """The part of the handle before the server."""
        return (self.author.handle or "").split("@")[0]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, with how much each writes (running sums, for drawing) and who plays which part."""

    persians: tuple[Person, ...]
    others: tuple[Person, ...]
    persian_weights: tuple[float, ...]
    other_weights: tuple[float, ...]
    ours: Person
    golbarg: Person
    sahand: Person
    newsroom: Person
    journal: Person
    shams: tuple[Person, ...]

    @property
    def everyone(self) -> tuple[Person, ...]:
        """All who may stand behind a post."""
        brands = (self.ours, self.golbarg, self.sahand, self.newsroom, self.journal)
        return (*self.persians, *self.others, *brands, *self.shams)

    def draw(self, rng: Random, language: str) -> Person:
        """Somebody of that language, the busy ones more often."""
        if language == "fa":
            return rng.choices(self.persians, cum_weights=self.persian_weights)[0]
        return rng.choices(self.others, cum_weights=self.other_weights)[0]

    def several(self, rng: Random, language: str, number: int) -> list[Person]:
        """So many different people of that language, busy or not."""
        return rng.sample(self.persians if language == "fa" else self.others, number)


@lru_cache(maxsize=4)
def cast(seed: int) -> Cast:
    """The people of this seed's world."""
    rng = Random(f"people {seed}")
    persians = _crowd(rng, PERSIANS, "fa")
    others = _crowd(rng, OTHERS, "en")
    return Cast(
        persians=persians,
        others=others,
        persian_weights=_weights(len(persians)),
        other_weights=_weights(len(others)),
        ours=_account("rastatea", "Rasta Tea | چای رستا", "chatra.example", "fa", 18400),
        golbarg=_account("golbarg", "گلبرگ", "chatra.example", "fa", 23900),
        sahand=_account("sahandleaf", "Sahand Leaf", "teapot.example", "en", 9100),
        newsroom=_feed("bazaar-news", "بازارنیوز", "fa"),
        journal=_feed("leaf-journal", "The Leaf Journal", "en"),
        shams=tuple(_sham(rng, number) for number in range(SHAMS)),
    )


def _crowd(rng: Random, number: int, language: str) -> tuple[Person, ...]:
    taken: set[str] = set()
    crowd: list[Person] = []
    while len(crowd) < number:
        shown, handle = _name(rng, language)
        if handle in taken:
            continue
        taken.add(handle)
        rank = len(crowd)
        home = (
            ("chatra.example", "samovar.example")
            if language == "fa"
            else ("teapot.example", "kettle.example")
        )
        host = home[rng.random() < 0.3]
        speech = language
        # Some of each crowd write the other way: Persian in Latin letters, and Arabic.
        if rank >= 20 and rng.random() < 0.17:
            speech = "finglish" if language == "fa" else "ar"
        followers = int(30 + 40 * rng.paretovariate(1.1) + (4000 * rng.random() if rank < 25 else 0))
        author = Author(
            key=author_key("mastodon", host, handle),
            handle=f"{handle}@{host}",
            name=shown,
            url=f"https://{host}/@{handle}",
            followers=min(followers, 60000),
            bot=False,
        )
        source = "chatra" if language == "fa" else "teapot"
        crowd.append(Person(author=author, host=host, speech=speech, source=source))
    return tuple(crowd)


def _name(rng: Random, language: str) -> tuple[str, str]:
    if language == "fa":
        first, first_latin = rng.choice(_FA_FIRST.split("|")).split()
        last, last_latin = rng.choice(_FA_LAST.split("|")).split()
        return f"{first} {last}", f"{first_latin}_{last_latin}{rng.choice(('', str(rng.randint(1, 99))))}"
    first, last = rng.choice(_EN_FIRST.split()), rng.choice(_EN_LAST.split())
    return f"{first} {last}", f"{first}{last}{rng.choice(('', str(rng.randint(1, 99))))}".lower()


def _weights(number: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / (rank + 6) ** 0.85 for rank in range(number)))


def _account(handle: str, shown: str, host: str, speech: str, followers: int) -> Person:
    author = Author(
        key=author_key("mastodon", host, handle),
        handle=f"{handle}@{host}",
        name=shown,
        url=f"https://{host}/@{handle}",
        followers=followers,
        verified=True,
        bot=False,
    )
    return Person(author=author, host=host, speech=speech, source="chatra" if speech == "fa" else "teapot")


def _feed(source: str, shown: str, speech: str) -> Person:
    host = f"{source}.example"
    author = Author(key=author_key("feed", host, source), handle=source, name=shown, url=f"https://{host}/")
    return Person(author=author, host=host, speech=speech, source=source)


def _sham(rng: Random, number: int) -> Person:
    handle = f"user{rng.randint(10000, 99999)}{number}"
    author = Author(
        key=author_key("mastodon", "chatra.example", handle),
        handle=f"{handle}@chatra.example",
        name=handle,
        url=f"https://chatra.example/@{handle}",
        followers=rng.randint(0, 6),
        bot=False,
    )
    return Person(author=author, host="chatra.example", speech="fa", source="chatra")
