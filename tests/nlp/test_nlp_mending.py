"""Families that a project joins and parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import hashtags
from nlp.mending import Mended, Mending, mended_by, spelling, touched
from posts.errors import MendingError

# Artificial intelligence and its abbreviations are one here; rial is not (Real) Madrid's first word.
MENDED = Mended(Mending(join=(("هوش مصنوعی", "AI", "#هوش_ماشینی"),), apart=("now_here", "رئال")))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("#AI", "هوشمصنوعی"),
        ("#ai", "هوشمصنوعی"),
        ("#هوش_مصنوعی", "هوشمصنوعی"),
        ("#هوشمصنوعي", "هوشمصنوعی"),
        ("#هوش\u200cماشینی", "هوشمصنوعی"),
        ("#nowhere", "nowhere"),
        ("#now_here", "now_here"),
        ("#NowHere", "now_here"),
        ("＃Now_here", "now_here"),
        ("now_here", "now_here"),
        ("#NOWHERE", "nowhere"),
        ("#رئال", "رئال"),
        ("#ریال", "ریال"),
        ("#ريال", "ریال"),
        ("#رِئال", "رئال"),
        ("#رئال_مادرید", "ریالمادرید"),
        ("#تهران", "تهران"),
    ],
)
def test_keys_follow_the_mending(written: str, key: str) -> None:
    """What is joined has the key of the first, what stands alone its own, all else the usual one."""
    assert key == MENDED.key(written)


def test_nothing_mended_changes_nothing() -> None:
    """Without mending keys are the usual ones, and there is no version."""
    assert Mended().key("#Now_Here") == hashtags.key("#Now_Here")
    assert Mended().version() == ""


@given(st.text(alphabet="nowheراهئیAI_ \u200c#ʼ1۱é", max_size=12))
def test_key_of_a_key_is_itself(written: str) -> None:
    """Keys that are stored can be asked for again."""
    key = MENDED.key(written)

    assert key == MENDED.key(key)


@pytest.mark.parametrize(
    ("mending", "tags"),
    [
        (Mending(join=(("AI", "هوش مصنوعی"), ("#ai", "ml"))), ("AI", "#ai")),
        (Mending(join=(("now_here", "nowhere"),), apart=("now_here",)), ("now_here",)),
        (Mending(apart=("nowhere",)), ("nowhere",)),
        (Mending(apart=("#",)), ("#",)),
        (Mending(join=(("AI", "__"),)), ("__",)),
    ],
    ids=["two-groups", "joined-and-apart", "the-family-itself", "no-letter-apart", "no-letter-joined"],
)
def test_contradictions_are_told_with_their_tags(mending: Mending, tags: tuple[str, ...]) -> None:
    """The error names the tags as they were written, and what to do."""
    with pytest.raises(MendingError) as told:
        Mended(mending)

    assert tags == told.value.tags
    assert all(tag in str(told.value) for tag in tags)
    assert told.value.remedy


def test_a_part_may_be_joined_elsewhere() -> None:
    """A spelling that stands alone can be made part of another family."""
    mended = Mended(Mending(join=(("bulletin", "now_here"),), apart=("now_here",)))

    assert [mended.key(tag) for tag in ("#now_here", "#nowhere", "#bulletin")] == [
        "bulletin",
        "nowhere",
        "bulletin",
    ]


def test_version_is_that_of_the_families() -> None:
    """The order in which groups are written makes no other version, another family does."""
    one = Mended(Mending(join=(("a", "b"), ("c", "d"))))
    other = Mended(Mending(join=(("c", "#D"), ("a", "B"))))
    more = Mended(Mending(join=(("a", "b", "e"), ("c", "d"))))

    assert one.version() == other.version()
    assert len({one.version(), more.version(), Mended().version()}) == 3


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        (Mending(), Mending(join=(("AI", "هوش مصنوعی"),)), {"هوشمصنوعی"}),
        (Mending(join=(("AI", "هوش مصنوعی"),)), Mending(), {"ai"}),
        (Mending(), Mending(apart=("now_here",)), {"nowhere"}),
        (Mending(apart=("now_here",)), Mending(), {"now_here"}),
        (Mending(join=(("a", "b", "c"),)), Mending(join=(("a", "b"),)), {"a"}),
        (Mending(join=(("a", "b"),)), Mending(join=(("b", "a"),)), {"a"}),
        (Mending(join=(("a", "b"),)), Mending(join=(("a", "B"),)), set()),
    ],
)
def test_a_change_touches_the_families_that_change(old: Mending, new: Mending, keys: set[str]) -> None:
    """Named by the keys under which their posts stand before the change."""
    assert keys == touched(Mended(old), Mended(new))


def test_spelling_keeps_what_readers_see() -> None:
    """Letters and the places where words meet, not case, digits or vowel signs."""
    assert spelling("#کتاب\u200cخانه") == spelling("كتاب_خانه") == "کتاب_خانه" != spelling("کتابخانه")
    assert spelling("#سال۱۴۰۴") == spelling("سال1404")


RECALL = ("#فراخوان_رستا", "#فراخوان\u200cرستا", "#فراخوانرستا")  # recall of Rasta, in three spellings


@pytest.mark.parametrize("named", RECALL[:2])
def test_half_space_and_underscore_part_together(named: str) -> None:
    """Whichever of the two is named, both stand alone and the joined form keeps the family's key."""
    mended = Mended(mended_by(Mending(), RECALL[0], apart=[named]))

    assert [mended.key(tag) for tag in RECALL] == ["فراخوان_رستا", "فراخوان_رستا", "فراخوانرستا"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("#books", "#books: is no spelling of #کتاب. It is counted apart already."),
        ("", "has no letter. Write the tag as people write it."),
    ],
)
def test_only_spellings_of_the_tag_are_parted(written: str, told: str) -> None:
    """Another hashtag is told to be another (the tag is: book)."""
    with pytest.raises(MendingError) as refused:
        mended_by(Mending(), "#کتاب", apart=[written])

    assert str(refused.value) == told


def test_what_was_joined_by_hand_leaves_its_group() -> None:
    """A joined tag leaves with all its spellings, and the rest of the group stays one."""
    joined = Mending(join=(("tea", "chai", "cuppa"),))

    assert mended_by(joined, "tea", apart=["#Chai"]) == Mending(join=(("tea", "cuppa"),))
    assert mended_by(joined, "chai", apart=["tea"]) == Mending(join=(("chai", "cuppa"),))
    assert mended_by(Mending(join=(("tea", "chai"),)), "chai", apart=["tea"]) == Mending()


def test_the_group_of_a_tag_is_told() -> None:
    """The others as the project wrote them, from each tag; none where nothing was joined."""
    assert MENDED.joined_with("#ai") == ("هوش مصنوعی", "هوش_ماشینی")
    assert MENDED.joined_with("هوش_مصنوعی") == ("AI", "هوش_ماشینی")
    assert MENDED.joined_with("#nowhere") == ()


def test_a_tag_joined_with_itself_changes_nothing() -> None:
    """Another spelling of the same family is one with it already."""
    assert mended_by(Mending(), "nowhere", join=["#now_here"]) == Mending()


def test_a_part_that_is_joined_with_its_family_comes_back() -> None:
    """Joining takes back the parting; joined elsewhere, a part goes on standing apart from its family."""
    parted = Mending(apart=("now_here",))

    assert mended_by(parted, "now_here", join=["#nowhere"]) == Mending()
    assert mended_by(parted, "bulletin", join=["now_here"]) == Mending(
        join=(("bulletin", "now_here"),), apart=("now_here",)
    )
