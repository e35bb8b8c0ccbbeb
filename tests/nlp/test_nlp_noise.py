"""Spam, giveaways and posts made by programs: what is marked, what is not, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import noise
from nlp.text import prepare
from posts.post import NOISE, Author, Kind, Post
from words import texts

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def post(text: str, *, kind: Kind = "text", **account: object) -> Post:
    author = Author(key="mastodon:example.org:someone", **account) if account else None  # type: ignore[arg-type]
    return Post(
        id="mastodon:example.org:1",
        platform="mastodon",
        kind=kind,
        source="s",
        created_at=NOW,
        collected_at=NOW,
        author=author,
        text=text,
    )


def marks(text: str, *, kind: Kind = "text", **account: object) -> tuple[str, ...]:
    return noise.read(post(text, kind=kind, **account), prepare(text))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # buy real followers, cheapest, message us
        ("خرید فالوور واقعی با کمترین قیمت، در دایرکت پیام بدید", "spam"),
        # buy a strong VPN without interruptions, free trial, come to the private chat
        ("خرید فیلترشکن بدون قطعی، تست رایگان، بیا پیوی", "spam"),
        # betting site with bonus, register now
        ("سایت شرط‌بندی با بونوس ۲۰۰٪ همین حالا ثبت نام کن bit.ly/x1", "spam"),
        ("سايت شرط بندي با بونوس همين حالا ثبت نام كن", "spam"),
        ("Free crypto signals, guaranteed, join VIP channel t.me/x", "spam"),
        ("I follow back! #followback #f4f DM me for instant followers", "spam"),
        ("F\u200br\u200be\u200be\u200bb\u200bi\u200be here, dm me, bit.ly/x", "spam"),
        # follow the page, tag two friends, prize draw
        ("پیج رو فالو کنید و دو نفر رو تگ کنید تا در قرعه‌کشی شرکت کنید", "giveaway"),
        ("Follow us, tag two friends and you could win a hamper", "giveaway"),
        ("RT and follow for a chance to win a mug", "giveaway"),
        # live price of the dollar, euro, pound
        ("قیمت لحظه‌ای\nدلار: ۱۱۲٬۳۰۰\nیورو: ۱۲۹٬۸۰۰\nپوند: ۱۴۸٬۱۰۰", "bot"),
        ("Temperature 12.4 C, humidity 71 %, pressure 1013.2 hPa, wind 11 km/h", "bot"),
        ("BTC 98,240 🔺 ETH 3,412 🔻 SOL 211 🔺 14:00", "bot"),
    ],
)
def test_noise_is_marked(text: str, expected: str) -> None:
    """What has several signs of one kind gets that mark and no other."""
    assert marks(text) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        # each has one strong word: VPN, betting, followers, prize draw, live price, giveaway
        "فیلترشکنم قطع شده، با چی وصل می‌شید؟",
        "پلیس سایت شرط‌بندی را بست و سه نفر دستگیر شدند",
        "رفته فالوور فیک خریده فکر می‌کنه بلاگره",
        "قرعه‌کشی جام ملت‌ها امروز انجام می‌شود",
        "قیمت لحظه‌ای دلار را از کجا ببینم؟",
        "the giveaway was fun, thanks to all who came",
        "casino",
        "airdrop",
        "nowplaying",
        # honest offers and calls
        "تخفیف پاییزی شروع شد، تا پایان هفته همه کفش‌ها ۳۰ درصد ارزان‌تر، سفارش در دایرکت",
        "20% off all coats today only, order now on our site or DM us",
        "Tag a friend who always burns the toast",
        "Follow us for daily recipes",
        # news and notes with many tags or numbers
        "#ایران #وین #برجام #آمریکا #اروپا #روسیه #چین #آژانس متن کامل بیانیه را در سایت بخوانید bit.ly/x",
        "FTSE 100 closed up 0.4% at 8,312; sterling fell to 1.26, gold was 2,640",
        "It is 3 degrees, I need 2 coats, 4 hats and 6 gloves",
        "@a @b @c @d @e @f @g thank you for coming last night",
    ],
)
def test_a_single_word_never_makes_noise(text: str) -> None:
    """One sign, an honest offer, news: not marked."""
    assert marks(text) == ()


def test_accounts_count() -> None:
    """A declared bot is one; names say something; news and known accounts are spared."""
    spam = "Make money from home, DM me today"
    assert marks("a fox", bot=True) == ("bot",)
    assert marks("", bot=True) == ("bot",)
    assert marks("a fox", bot=False) == ()
    assert marks("a fox", bot=True, verified=True) == ()
    assert marks("a fox", handle="tides_bot") == ("bot",)
    assert marks("a fox", handle="FoxBot@example.org") == ("bot",)
    assert [marks("a fox", handle=name) for name in ("talbot", "botany", "abbott", "Bothy")] == [()] * 4
    assert marks(spam) == ()
    assert marks(spam, handle="user83749201", followers=0) == ("spam",)
    assert marks(spam, handle="k9x2m4q7z", followers=3) == ("spam",)
    assert marks(spam, handle="user83749201", followers=900) == ()
    assert marks(spam, followers=0) == ("spam",)
    assert marks(spam, followers=1) == ()
    worse = spam + ", guaranteed, bit.ly/x"
    assert marks(worse) == ("spam",)
    assert marks(worse, verified=True) == ()
    assert marks(worse, followers=50_000) == ()
    assert marks(worse, kind="news") == ()


def test_in_a_long_text_signs_meet_by_chance() -> None:
    """The same words at the end of an article are no mark, unless the account says what it is."""
    call = "Follow us, tag two friends and you could win a hamper."
    article = "The committee met again on the matter of the harbour. " * 30

    assert marks(call) == ("giveaway",)
    assert marks(article[:540] + call) == ("giveaway",)
    assert marks(article + call) == ()
    assert marks(article, bot=True) == ("bot",)


def test_cues_say_why() -> None:
    """Each sign is told with its place, its weight and the key of its words; together they reach the mark."""
    text = "Buy followers now, 100% working, link in bio"
    found, cues = noise.read(post(text), prepare(text))

    assert found == ("spam",)
    assert [(text[cue.start : cue.end], cue.says, cue.weight, cue.why) for cue in cues] == [
        ("Buy followers", "spam", 1.5, "noise.spam.followers"),
        ("100% working", "spam", 1.0, "noise.spam.pressure"),
        ("link in bio", "spam", 1.0, "noise.spam.contact"),
    ]
    assert sum(cue.weight for cue in cues) >= noise.THRESHOLDS["spam"]


def test_every_sign_has_its_words() -> None:
    """People are told every sign in both languages, and marks are those that posts may have."""
    assert {sign.why for sign in noise.SIGNS.values() if not texts.known(sign.why)} == set()
    assert set(noise.MARKS) <= set(NOISE)


def test_no_sign_reaches_its_mark_alone() -> None:
    """However strong a word, it never makes noise by itself; only what an account says of itself does."""
    alone = {
        sign.why for sign in noise.SIGNS.values() if sign.weight + noise.AGAIN >= noise.THRESHOLDS[sign.mark]
    }

    # What an app writes must be in two of its own phrases, or at the beginning and shaped like it.
    assert alone == {"noise.bot.declared", "noise.bot.named", "noise.bot.app"}


WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from("فروشخیددlfoلowتگ #@🔥✅0123456789۰۱:/.\n\u200c\u200bbit.ly"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=120,
)
PIECES = st.lists(
    st.sampled_from(
        [" ".join(["bit.ly/x", "#a", "@b"]), *sorted({n.replace("_", " ") for _, n in noise.SIGNS})]
    ),
    max_size=8,
)


@given(WRITTEN, PIECES, st.booleans(), st.one_of(st.none(), st.integers(0, 10**7)), st.text(max_size=30))
def test_nothing_raises(text: str, pieces: list[str], bot: bool, followers: int | None, handle: str) -> None:
    """Any text of any account is read; marks are known, in order, and each has cues inside the text."""
    written = " ".join([text, *pieces])
    found, cues = noise.read(post(written, bot=bot, followers=followers, handle=handle), prepare(written))

    assert list(found) == [mark for mark in noise.MARKS if mark in found]
    assert {cue.says for cue in cues} == set(found)
    for mark in found:
        assert sum(cue.weight for cue in cues if cue.says == mark) >= noise.THRESHOLDS[mark]
    assert all(0 <= cue.start <= cue.end <= len(written) for cue in cues)
