"""The words they use: what a selection's posts say more than the rest, and what its people say elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.counting import counted, top
from answers.coverage import answered
from answers.meant import everyone, is_everything, others, own_words
from answers.narrowing import also
from answers.posts import post_of
from answers.spoken import Clause, Spoken, narrowed, spoken, tell_apart
from nlp.surface import commonest, occurrences
from nlp.text import Text, prepare
from posts.answer import Answer, Figure
from posts.errors import QueryError
from posts.selection import Selection
from trends.wording import LEAST_AUTHORS, Wording

State = Literal["told", "few", "alone"]
LEAST_POSTS: Final = 10
"""Posts with words that a side must have before it is compared."""
LANGUAGES: Final = 3
"""Languages that are compared, the commonest of the selection."""
LEAST_LANGUAGE: Final = 0.05
"""Posts that a language must have to be compared, as a share of those of the commonest."""
OPENED: Final = 200
"""Posts that a phrase of an audience opens to, the newest."""
AUDIENCE: Final = 20_000
"""People whose other posts are read; of more, those with the smallest hashes."""
_EXAMPLES: Final = 7
_FORMS: Final = 12
_UNKNOWN: Final = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A word or phrase as it is mostly written, in the posts of one ``language``.

    ``posts`` and ``authors`` are those of the selection; ``others`` are posts of the rest with it, ``None``
    where no query names the rest. ``share`` and ``rest_share`` are the parts of the posts with it that were
    read on each side, weighed by voices; ``ratio`` is how many times as much it is said here. ``score`` is
    the z-score that orders the list, ``false_rate`` its q-value. ``forms`` are other spellings and
    inflections counted with it, ``parts`` shorter ones that it explains, ``beside`` what stands in the same
    posts.
    """

    text: str
    words: tuple[str, ...]
    language: str
    posts: Figure
    authors: Figure
    others: Figure | None
    share: float
    rest_share: float
    ratio: float
    score: float
    false_rate: float
    forms: tuple[str, ...]
    parts: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What was compared in one language: posts with words on each side, and how many of them were read."""

    language: str
    posts: int
    read: int
    authors: int
    rest_posts: int
    rest_read: int
    rest_authors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The phrases of a selection, the surest first, and between what they decide.

    ``few``: too few posts or people to tell; ``alone``: there is nothing else to compare with.
    """

    state: State
    phrases: tuple[Phrase, ...]
    compared: tuple[Compared, ...]


_Figures = Callable[[str, str], tuple[Figure, Figure, Figure | None]]


def wording(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Words]:
    """The words and phrases that the posts of a selection use more than the rest of its window.

    The rest are all other posts of the window (without one, the last 7 days), on the same platforms and in
    the same language: languages are compared each by itself. ``size`` is for each language. Words of the
    query itself are left out.
    """
    selection = bounded(asking, selection)
    here = matching(asking, selection)
    platforms = [name for name, _ in top(asking, here, "platform", size=20)]
    rest = narrowed(matching(asking, everyone(selection)), {"terms": {"platform": platforms}}, without=[here])
    outside = others(asking, selection, platforms)

    def figures(condition: str, language: str) -> tuple[Figure, Figure, Figure | None]:
        own = selection.narrowed(query=also(selection.query, condition), language=language)
        posts, authors = counted(asking, own)
        elsewhere = None
        if outside is not None:
            there = outside.narrowed(query=also(outside.query, condition), language=language)
            elsewhere = Figure(value=asking.store.count("posts", matching(asking, there)), selection=there)
        return posts, authors, elsewhere

    if is_everything(selection):
        found = Words(state="alone", phrases=(), compared=())
    else:
        found = _words(asking, here, rest, own_words(asking, selection), figures, size=size)
    return answered(asking, selection, found, "wording")


def audience(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Words]:
    """What those who write the posts of a selection say beside it, against everybody else.

    Their other posts of the window are compared with those of all who wrote nothing in the selection. Numbers
    open the newest ``OPENED`` posts, for no query names these people.
    """
    selection = bounded(asking, selection)
    topic = matching(asking, selection)
    column = asking.store.columns("posts", topic, ["author_n"])["author_n"]
    people = np.unique(column[column >= 0])[:AUDIENCE].tolist()
    window = matching(asking, everyone(selection))
    theirs = {"terms": {"author_n": people}}
    here = narrowed(window, theirs, without=[topic])
    rest = narrowed(window, without=[theirs, topic])

    def figures(condition: str, language: str) -> tuple[Figure, Figure, Figure | None]:
        said = narrowed(here, matching(asking, Selection(query=condition, language=language)))
        request = {
            "query": said, "size": OPENED, "sort": [{"created_at": "desc"}, {"id": "asc"}],
            "_source": ["id"],
        }  # fmt: skip
        hits = asking.store.search("posts", request)["hits"]
        opened = Selection(ids=tuple(hit["_source"]["id"] for hit in hits["hits"]))
        authors = np.unique(asking.store.columns("posts", said, ["author_n"])["author_n"]).size
        posts = int(hits["total"]["value"])
        return Figure(value=posts, selection=opened), Figure(value=int(authors), selection=opened), None

    if is_everything(selection):
        found = Words(state="alone", phrases=(), compared=())
    elif not people:
        found = Words(state="few", phrases=(), compared=())
    else:
        found = _words(asking, here, rest, own_words(asking, selection), figures, size=size)
    return answered(asking, selection, found, "audience")


def _words(
    asking: Asking, here: Clause, rest: Clause, hidden: Collection[str], figures: _Figures, *, size: int
) -> Words:
    ranked = top(asking, here, "language", size=LANGUAGES + 1, without=(_UNKNOWN,))
    languages = [name for name, posts in ranked if posts >= LEAST_LANGUAGE * ranked[0][1]]
    compared: list[Compared] = []
    phrases: list[Phrase] = []
    states: set[State] = set()
    for language in languages[:LANGUAGES]:
        only = {"term": {"language": language}}
        ours, theirs = (spoken(asking, narrowed(side, only)) for side in (here, rest))
        pair = _compared(language, ours, theirs)
        state = _state(pair)
        states.add(state)
        if state != "told":
            continue
        compared.append(pair)
        found = tell_apart(ours, theirs, language, hidden)
        phrases += _phrases(asking, found, ours, pair, figures, size=size)
    state = next((state for state in ("told", "alone", "few") if state in states), "few")
    phrases.sort(key=lambda phrase: (-round(phrase.score, 6), phrase.language, phrase.words))
    return Words(state=state, phrases=tuple(phrases), compared=tuple(compared))


def _compared(language: str, ours: Spoken, theirs: Spoken) -> Compared:
    return Compared(
        language=language,
        posts=ours.posts, read=len(ours.ids), authors=int(np.unique(ours.said.voices).size),
        rest_posts=theirs.posts, rest_read=len(theirs.ids),
        rest_authors=int(np.unique(theirs.said.voices).size),
    )  # fmt: skip


def _state(pair: Compared) -> State:
    if pair.read < LEAST_POSTS or pair.authors < LEAST_AUTHORS:
        return "few"
    return "alone" if pair.rest_read < LEAST_POSTS else "told"


def _phrases(
    asking: Asking, found: tuple[Wording, ...], ours: Spoken, pair: Compared, figures: _Figures, *, size: int
) -> list[Phrase]:
    """The first of them that are no accident of where sentences end, as they are written, with numbers."""
    found = found[: 2 * size]
    examples = _examples(asking, found, ours, pair.language)
    told: dict[str, Phrase] = {}
    for row in found:
        texts = [examples[ours.ids[place]] for place in row.places[:_EXAMPLES]]
        # What stands in the same posts, or in it, speaks for a row whose own words only happen to meet.
        inner = sorted(row.parts, key=len, reverse=True)
        ways = ((words, commonest(texts, words)) for words in (row.words, *row.beside, *inner))
        words, text = next((way for way in ways if way[1] is not None), (row.words, None))
        letters = "".join(words)  # «هوش مصنوعی» (AI) finds «هوشمصنوعی» too
        if text is None or letters in told or len(told) == size:
            continue
        try:
            posts, authors, rest = figures(_condition(words, row.forms), pair.language)
        except QueryError:
            continue  # the question is as long as one may be: no more fits into it
        told[letters] = Phrase(
            text=text, words=words, language=pair.language, posts=posts, authors=authors, others=rest,
            share=row.share, rest_share=row.rest_share, ratio=row.ratio, score=row.score,
            false_rate=row.false_rate, forms=_written(texts, [(form,) for form in row.forms[1:]]),
            parts=_written(texts, row.parts),
            beside=_written(texts, [other for other in row.beside if other != words]),
        )  # fmt: skip
    return list(told.values())


def _written(texts: Sequence[Text], phrases: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The phrases that stand in these texts as they write them, without those that a sentence ends in."""
    known = (words for words in phrases if any(next(occurrences(text, words), None) for text in texts))
    return tuple(text for text in (commonest(texts, words) for words in known) if text is not None)


def _examples(asking: Asking, found: tuple[Wording, ...], ours: Spoken, language: str) -> dict[str, Text]:
    """Some posts of each phrase, ready to be read, by id."""
    ids = {ours.ids[place] for row in found for place in row.places[:_EXAMPLES]}
    posts = (post_of(document) for document in asking.store.get("posts", sorted(ids)).values())
    return {post.id: prepare(f"{post.title or ''}\n{post.text}".strip(), language) for post in posts}


def _condition(words: tuple[str, ...], forms: tuple[str, ...]) -> str:
    """The query for a phrase: its words side by side, or one of the inflections of a word."""
    if len(words) > 1 or len(forms) < 2:
        return f'"{" ".join(words)}"'
    return "(" + " OR ".join(f'"{form}"' for form in forms[:_FORMS]) + ")"
