"""What the pipeline reads in posts: order, places, titles, declared tags, watched names."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.pipeline import MOST_WORDS, Pipeline, WatchedEntity, WatchList, load
from nlp.watching import Watching
from posts.post import Annotations, Entity, Post, decode, encode

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WATCHED = WatchList(
    entities=(
        WatchedEntity(id="brand:khodro", names=("ایران خودرو", "Iran Khodro")),  # a car maker
        WatchedEntity(id="brand:rasta", names=("رستا", "Rasta")),  # an invented brand
        WatchedEntity(id="brand:digikala", names=("دیجی\u200cکالا", "DigiKala")),  # a shop
        WatchedEntity(id="person:sara", label="PER", names=("سارا",)),  # a first name
    )
)
NAMES = tomllib.loads((Path(__file__).parent / "cases" / "names.toml").read_text(encoding="utf-8"))["case"]


@pytest.fixture(scope="module")
def watching() -> Pipeline:
    return load(WATCHED)


@pytest.fixture(scope="module")
def plain() -> Pipeline:
    return load()


def post(text: str = "", **parts: Any) -> Post:
    return Post(
        **{
            "id": "mastodon:example.org:1", "platform": "mastodon", "kind": "text", "source": "s",
            "created_at": NOW, "collected_at": NOW, "text": text, **parts,
        }
    )  # fmt: skip


def read(pipeline: Pipeline, *args: Any, **parts: Any) -> Annotations:
    made = next(pipeline.annotate([post(*args, **parts)])).annotations
    assert made is not None
    return made


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in NAMES])
def test_watched_names_are_recognised(watching: Pipeline, case: dict[str, Any]) -> None:
    """Names are recognised in all their spellings, as whole words, where they stand."""
    found = [entity for entity in read(watching, case["text"]).entities if entity.id is not None]

    assert case["expected"] == [[entity.text, entity.id] for entity in found]
    assert [case["text"][entity.start : entity.end] for entity in found] == [entity.text for entity in found]


def test_persian_names_in_latin_letters(watching: Pipeline) -> None:
    """A watched Persian name is recognised as people type it in Latin letters; like words are not."""
    shop = load(WatchList(entities=(WatchedEntity(id="brand:golbarg", names=("گلبرگ",)),)))  # "petal"

    found = {text: [e.id for e in read(shop, text).entities if e.id] for text in (
        "chaye golbarg aalie", "Golbarg tea", "#golbarg", "gol barg", "a globe is round",
    )}  # fmt: skip

    assert found == {
        "chaye golbarg aalie": ["brand:golbarg"], "Golbarg tea": ["brand:golbarg"],
        "#golbarg": ["brand:golbarg"], "gol barg": [], "a globe is round": [],
    }  # fmt: skip
    assert [e.text for e in read(watching, "iran khodroo dobare geroon shod").entities if e.id] == [
        "iran khodroo"
    ]


def test_label_comes_from_the_watch_list(watching: Pipeline) -> None:
    """An entity carries the label that its watch list gives it."""
    assert [entity.label for entity in read(watching, "سارا آمد").entities] == ["PER"]


_SNIPPETS = st.sampled_from(
    [
        "ایران", "خودرو", "رستا", "دیجی", "کالا", "دیجیکالا", "سارا", "ها", "ی", "خیز",
        "Iran", "Khodro", "rasta", "Sale", "https://x.ir/", "1", "北", "e\u0301", "½", "ﷺ",
        "#", "_", " ", "\n", "@", "-", ".", "\u200c", "\u200f", "\u0640", "\u064e", "\u0651",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_SNIPPETS, max_size=12).map("".join))
def test_texts_passed_over_hold_no_watched_name(text: str) -> None:
    """Texts that never become a document would have given no entity: with and without the quick look."""
    quick, thorough = _pair()

    assert read(thorough, text).entities == read(quick, text).entities


_MADE: list[Pipeline] = []


def _pair() -> tuple[Pipeline, Pipeline]:
    if not _MADE:
        thorough = load(WATCHED)
        thorough._watching = _Thorough(WATCHED)
        _MADE.extend((load(WATCHED), thorough))
    return _MADE[0], _MADE[1]


class _Thorough(Watching):
    """Parses every text."""

    def find(self, text: str, words: list[str], shift: int) -> tuple[Entity, ...]:
        return self._recognise(text, shift)


def test_order_and_count_are_kept(watching: Pipeline) -> None:
    """Each post comes back once, in order, whatever is in it."""
    written = [post(f"متن {n}" if n % 3 else "", id=f"mastodon:example.org:{n}") for n in range(50)]

    made = list(watching.annotate(iter(written)))

    assert [p.id for p in written] == [p.id for p in made]
    assert all(p.annotations is not None for p in made)


def test_nothing_but_annotations_changes(plain: Pipeline) -> None:
    """The post comes back as it was, and can be written and read."""
    given_post = post("سلام #تهران", title="خبر", hashtags=("ایران",), language="fa")

    made = next(plain.annotate([given_post]))

    assert given_post.annotations is None
    assert given_post.text == made.text
    assert made == decode(encode(made))


def test_title_is_read_before_the_text(watching: Pipeline) -> None:
    """Finds of the title have no place in the text; those of the text keep theirs."""
    made = read(watching, "سلام #تهران رستا", title="خبر #ایران از ایران خودرو")

    assert [(t.text, t.start, t.end) for t in made.hashtags] == [("ایران", -1, -1), ("تهران", 5, 11)]
    named = [(e.id, e.start) for e in made.entities if e.id is not None]
    assert named == [("brand:khodro", -1), ("brand:rasta", 12)]
    assert made.tokens == ("خبر", "ایران", "از", "ایران", "خودرو", "سلام", "تهران", "رستا")


def test_declared_tags_are_added_once(plain: Pipeline) -> None:
    """A tag that the platform names is added without a place, unless the text shows it in some spelling."""
    made = read(plain, "#هوش_مصنوعی", platform="feed", hashtags=("هوشمصنوعی", "AI", "#ai"))

    assert [(t.text, t.start, t.end) for t in made.hashtags] == [("هوش_مصنوعی", 0, 11), ("AI", -1, -1)]


def test_text_of_the_fediverse_says_its_tags(plain: Pipeline) -> None:
    """A server's list that cuts a tag at the half-space, or is older than an edit, adds nothing."""
    # "green tea" with a half-space; the server's list says "tea" and a tag that was edited away
    made = read(plain, "#چای\u200cسبز", platform="mastodon", hashtags=("چای", "gone"))

    assert [t.normal for t in made.hashtags] == ["چایسبز"]


def test_repost_says_nothing_itself(watching: Pipeline) -> None:
    """A repost has no annotations but the language of what it passes on, and their versions."""
    made = read(watching, "", repost_of="mastodon:example.org:9", hashtags=("AI",), language="fa")

    assert Annotations(language="fa", versions=made.versions, readers=watching.marks) == made
    assert {"text", "language", "entities"} == set(made.versions)


def test_picture_with_declared_tags(plain: Pipeline) -> None:
    """A post without text that is no repost keeps the declared tags and language."""
    made = read(plain, "", hashtags=("AI",), language="en")

    assert [t.normal for t in made.hashtags] == ["ai"]
    assert made.language == "en"


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("امروز هوا خیلی خوب است", "en", "fa"),
        ("😂", "fa-IR", "fa"),
        ("😂", "und", "und"),
        ("😂", None, "und"),
        ("😂", "iw", "he"),
    ],
)
def test_detected_language_goes_before_declared(
    plain: Pipeline, text: str, declared: str | None, expected: str
) -> None:
    """What the platform declares counts only where nothing can be told from the text."""
    assert expected == read(plain, text, language=declared).language


def test_handles_are_mentions_on_federated_platforms_only(plain: Pipeline) -> None:
    """``@name@server`` is a mention on Mastodon and none elsewhere."""
    text = "@sara@example.org"

    assert [m.text for m in read(plain, text).mentions] == ["sara@example.org"]
    assert read(plain, text, platform="telegram").mentions == ()


def test_deleted_post_has_empty_annotations(watching: Pipeline) -> None:
    """Nothing is read in a post that was deleted."""
    assert read(watching, "ایران خودرو", deleted_at=NOW).tokens == ()


def test_version_follows_the_watch_list() -> None:
    """With another watch list posts have another mark, and are read again."""
    other = WatchList(entities=WATCHED.entities[:1])

    marks = {read(load(w), "x").readers for w in (WATCHED, other, WatchList())}

    assert len(marks) == 3


def test_names_without_letters_watch_nothing() -> None:
    """A name of signs only is passed over and does no harm."""
    pipeline = load(WatchList(entities=(WatchedEntity(id="brand:odd", names=("!!!", " ", "")),)))

    assert read(pipeline, "سلام !!!").entities == ()


def test_document_carries_the_signs() -> None:
    """The spaCy document has hashtags, mentions, cashtags and links, on spans too."""
    from nlp.documents import build

    doc = build(WATCHED)("سلام #ایران_خودرو @sara $TSLA https://example.com/a")

    assert [len(doc._.get(n)) for n in ("hashtags", "mentions", "cashtags", "links")] == [1, 1, 1, 1]
    assert [kind for kind, _, _ in doc[:4]._.hashtags] == ["hashtag"]
    assert doc.text == "سلام #ایران_خودرو @sara $TSLA https://example.com/a"


def test_signs_of_a_document_stand_where_they_say() -> None:
    """Offsets are those of the text as written, also where names keep words of a tag together."""
    from nlp.documents import build

    text = "😂 می‌گوید: #ایران_خودرو، #blackfriday @sara‏ $TSLA (https://example.com/a)."
    doc = build(WATCHED)(text)
    found = [sign for name in ("hashtags", "mentions", "cashtags", "links") for sign in doc._.get(name)]

    assert [text[start:end] for _, start, end in found] == [
        "#ایران_خودرو", "#blackfriday", "@sara", "$TSLA", "https://example.com/a",
    ]  # fmt: skip
    assert [ent.text for ent in doc.ents] == ["ایران_خودرو"]
    assert {token.text for token in doc} >= {"black", "friday", "ایران_خودرو"}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_document_holds_the_text_unchanged(text: str) -> None:
    """Whatever the text, the document's own text is the same."""
    if not _DOCUMENTS:
        from nlp.documents import build

        _DOCUMENTS.append(build(WATCHED))

    assert text == _DOCUMENTS[0](text).text


_DOCUMENTS: list[Any] = []


def test_spacy_is_not_loaded_without_names() -> None:
    """A project that watches for nothing does not wait for spaCy."""
    program = "import sys; from nlp.pipeline import load; load(); sys.exit('spacy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


def test_vocabulary_begins_anew() -> None:
    """The vocabulary does not grow for ever, and names are still recognised when it began anew."""
    pipeline = load(WATCHED)
    many = " ".join(f"word{n}" for n in range(MOST_WORDS))

    made = [pipeline.read(post(text)).entities for text in (f"rasta {many}", "rasta", "سارا")]

    assert [[entity.id for entity in entities if entity.id is not None] for entities in made] == [
        ["brand:rasta"],
        ["brand:rasta"],
        ["person:sara"],
    ]
    assert len(pipeline._watching._nlp.vocab.strings) < MOST_WORDS
