"""What the people of the demo say, with the spellings that real keyboards give.

Persian comes with Arabic ي and ك, with or without half-spaces, with repeated letters and with digits of
both kinds; hashtags in several spellings of one family.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from config.demo.people import Person

_SLOT: Final = re.compile(r"\{(\w+)\}")
_TO_ARABIC: Final = str.maketrans("یک", "يك")  # Persian yeh and keheh become the Arabic letters
_PERSIAN_DIGITS: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_STRETCHED: Final = {
    "خیلی": "خیلیییی",  # very
    "عالی": "عالیییی",  # great
    "وای": "واااای",  # wow
    "lovely": "looovely",
    "Great": "Greaaat",
}

BRANDS: Final = {
    # Our brand, Rasta Tea; the rival Golbarg; the rival Sahand Leaf.
    "brand:rasta-tea": {"fa": ("چای رستا", "رستا"), "en": ("Rasta Tea", "RastaTea"), "ar": ("رستا",)},
    "brand:golbarg": {"fa": ("گلبرگ", "چای گلبرگ"), "en": ("Golbarg", "Golbarg Tea"), "ar": ("گلبرگ",)},
    "brand:sahand-leaf": {"fa": ("سهندبرگ", "چای سهندبرگ"), "en": ("Sahand Leaf",), "ar": ("سهندبرگ",)},
}
OURS: Final = "brand:rasta-tea"
BATCH: Final = "1405-R7"
NOTICE: Final = "https://rastatea.example/recall"


@cache
def texts() -> dict[str, dict[str, Any]]:
    """The sentences of both languages, as the files beside this one hold them."""
    folder = Path(__file__).parent
    return {
        language: tomllib.loads((folder / f"texts_{language}.toml").read_text(encoding="utf-8"))
        for language in ("fa", "en")
    }


def speech(rng: Random, person: Person, section: str, kind: str, **slots: str) -> str:
    """One sentence of that kind, or two: so that few posts say quite the same."""
    first = sentence(rng, person, section, kind, **slots)
    if rng.random() < 0.5:
        return first
    second = sentence(rng, person, section, kind, **slots)
    return first if second == first else f"{first} {second}"


def sentence(rng: Random, person: Person, section: str, kind: str, **slots: str) -> str:
    """A sentence of that kind in the person's way of writing."""
    file = "fa" if person.speech in ("fa", "finglish") else "en"
    language = file
    if section == "everyday" and kind != "quote" and person.speech in ("finglish", "ar"):
        section = "finglish" if person.speech == "finglish" else "arabic"
        language = person.speech
    lines = texts()[file][section][kind]
    template = lines if isinstance(lines, str) else rng.choice(lines)
    return filled(rng, template, language, **slots)


def filled(rng: Random, template: str, language: str, **slots: str) -> str:
    """The template with its slots filled and, here and there, a slip of spelling."""
    choices = texts()["en" if language == "en" else "fa"]["slots"]

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in slots:
            return slots[name]
        if name == "n":
            return str(rng.randint(3, 15))
        if name in choices:
            return str(rng.choice(choices[name]))
        return brand_name(rng, name, "en" if language == "finglish" else language)

    text = _SLOT.sub(fill, template)
    if language == "fa":
        text = _keyboard(rng, text)
    elif language == "en":
        text = text[:1].upper() + text[1:]
        text = re.sub(r"([.!?] )([a-z])", lambda match: match[1] + match[2].upper(), text)
    if rng.random() < 0.05:
        for word, stretched in _STRETCHED.items():
            text = text.replace(word, stretched)
    return text


def brand_name(rng: Random, entity: str, language: str) -> str:
    """A way to write a brand; ``brand`` is ours, ``rival`` one of the others."""
    if entity == "brand":
        entity = OURS
    elif entity not in BRANDS:
        entity = rng.choice(("brand:golbarg", "brand:sahand-leaf"))
    return rng.choice(BRANDS[entity][language])


def _keyboard(rng: Random, text: str) -> str:
    luck = rng.random()
    if luck < 0.85:
        text = text.translate(_PERSIAN_DIGITS)
    if luck < 0.06:
        return text.translate(_TO_ARABIC)
    if luck < 0.12:
        return text.replace("\u200c", " ")
    if luck < 0.16:
        return text.replace("\u200c", "")
    return text


def with_tags(text: str, tags: tuple[str, ...]) -> str:
    """The text with its hashtags behind it."""
    return " ".join((text, *(f"#{tag}" for tag in tags)))


def everyday_tags(rng: Random, language: str) -> tuple[str, ...]:
    """None to three hashtags of everyday talk, the common ones more often."""
    names: list[str] = texts()[language]["tags"]["everyday"]
    number = rng.choices((0, 1, 2, 3), weights=(35, 38, 19, 8))[0]
    found: dict[str, None] = {}
    for _ in range(number):
        # The square pulls towards the head of the list.
        found[names[int(rng.random() ** 2 * len(names))]] = None
    return tuple(found)


def tag_variant(rng: Random, tag: str) -> str:
    """A Persian hashtag as somebody else would spell it; the family is the same."""
    luck = rng.random()
    if luck < 0.55:
        return tag
    if luck < 0.70:
        return tag.replace("_", "\u200c")
    if luck < 0.85:
        return tag.replace("_", "")
    return tag.translate(_TO_ARABIC)
