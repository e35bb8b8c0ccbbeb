"""A dossier as a page for people: what was asked, the numbers of each hashtag, and how they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from answers.dossier import Dossier, SourceTime, TagSection
from answers.dossier_posts import Sample, Told
from posts.post import METRICS
from reports.dossier_reader import Reader
from reports.markup import Markup, bar, columns, element, joined, others, table
from words import dates, digits, texts

_LISTED: Final = 12
_DEFINITIONS: Final = (
    "posts", "authors", "engagement", "views", "followers", "related", "lift", "habit", "advice", "mood",
    "marks",
)  # fmt: skip


def title(dossier: Dossier, language: str) -> str:
    """The hashtags of the dossier, as the heading of a page."""
    names = texts.text("common.list_separator", language).join(f"#{tag.name}" for tag in dossier.tags)
    return texts.text("report.title", language, tags=names)


def body(dossier: Dossier, reader: Reader, digest: str) -> Markup:
    """All that is read: ``digest`` is that of the record."""
    parts: list[str] = [
        element("h1", *_heading(dossier, reader)),
        element("p", reader.text("lead"), class_="soft"),
        facts(dossier, reader),
    ]
    if len(dossier.tags) > 1:
        parts.append(_summary(dossier, reader))
    parts += [_section(tag, dossier, reader) for tag in dossier.tags]
    parts += [_coverage(dossier.coverage, reader), _counting(reader), _sealed(dossier, reader, digest)]
    return joined(parts, "\n")


def _heading(dossier: Dossier, reader: Reader) -> list[str]:
    before, _, after = reader.text("title", tags="\x00").partition("\x00")
    separator = texts.text("common.list_separator", reader.language)
    return [before, joined([tag_name(tag.name) for tag in dossier.tags], separator), after]


def tag_name(name: str) -> Markup:
    """A hashtag with its sign, in its own direction."""
    return others(f"#{name}")


def facts(dossier: Dossier, reader: Reader) -> Markup:
    """What was asked, in absolute times."""
    question = dossier.question
    since, until = question.selection["since"], question.selection["until"]
    window = reader.text("window", since=reader.moment(since), until=reader.moment(until))
    rows: list[tuple[str, str]] = [
        (
            reader.label("period"),
            joined([window, " ", element("small", element("code", f"{since} – {until}"))]),
        ),
        (reader.text("fact.zone"), element("code", question.time_zone)),
    ]
    for name, value in question.selection.items():
        if name not in ("since", "until"):
            label = reader.label(name) if texts.known(f"common.label.{name}") else name
            rows.append((label, others(reader.name(name, value))))
    rows.append(
        (
            reader.text("fact.as_of"),
            joined([reader.moment(question.as_of), " ", element("code", question.as_of)]),
        )
    )
    made = reader.text(
        "fact.versions", rasad=dossier.versions.rasad, formulas=reader.number(dossier.versions.formulas),
        schema=reader.number(dossier.versions.schema),
    )  # fmt: skip
    rows.append((reader.text("fact.made_with"), made))
    return element("dl", *(joined([element("dt", name), element("dd", value)]) for name, value in rows))


def _summary(dossier: Dossier, reader: Reader) -> Markup:
    most = max(tag.numbers.posts for tag in dossier.tags) or 1
    rows = [
        [
            tag_name(tag.name),
            reader.number(tag.numbers.posts),
            bar(tag.numbers.posts / most),
            reader.number(tag.numbers.authors),
            reader.number(tag.numbers.engagement.total),
            _status(tag, reader),
        ]
        for tag in dossier.tags
    ]
    heads = [
        reader.label("hashtag"), reader.label("posts"), "", reader.label("authors"),
        reader.label("engagement"), reader.text("habit_head"),
    ]  # fmt: skip
    return table(heads, rows, numbers=(1, 3, 4))


def _status(tag: TagSection, reader: Reader) -> str:
    return reader.name("trend", tag.habit.status) if tag.habit else digits.UNKNOWN


def _section(tag: TagSection, dossier: Dossier, reader: Reader) -> Markup:
    """One hashtag."""
    heading = element("h2", tag_name(tag.name))
    found = tag.numbers
    if not found.posts:
        return joined([heading, element("p", reader.text("no_posts"), class_="note")])
    return joined(
        [
            heading,
            _spellings(tag, reader),
            _cards(tag, dossier, reader),
            _habit(tag, reader),
            *_advice(tag, reader),
            _volume(tag, reader),
            _lists(tag, dossier, reader),
            *_samples(tag.samples, reader),
        ],
        "\n",
    )


def _spellings(tag: TagSection, reader: Reader) -> Markup:
    chips = [
        element("span", others(f"#{name}"), f" {reader.number(count)}", class_="chip")
        for name, count in tag.numbers.spellings[:_LISTED]
    ]
    return element("p", reader.text("spellings"), " ", *chips, class_="chips")


def _cards(tag: TagSection, dossier: Dossier, reader: Reader) -> Markup:
    found = tag.numbers

    def card(label: str, value: float | None, below: str) -> Markup:
        large, small = element("b", reader.number(value)), element("span", below)
        return element("div", element("span", label), large, small, class_="card")

    def of(told: Told, key: str = "told_of") -> str:
        whole = found.authors if key == "told_of_authors" else found.posts
        return (
            reader.text(key, n=reader.number(told.of), all=reader.number(whole))
            if told.of
            else reader.text("untold")
        )

    share = reader.text("of_all", share=reader.part(found.posts, dossier.window_posts))
    unsigned = reader.text("unsigned", n=reader.number(found.unsigned)) if found.unsigned else ""
    views = found.metrics["views"]
    return element(
        "div",
        card(reader.label("posts"), found.posts, share),
        card(reader.label("authors"), found.authors, unsigned),
        card(reader.label("engagement"), found.engagement.total, of(found.engagement)),
        card(reader.text("views"), views.total, of(views)),
        card(reader.text("reach"), found.followers.total, of(found.followers, "told_of_authors")),
        class_="cards",
    )


def _habit(tag: TagSection, reader: Reader) -> Markup:
    habit = tag.habit
    if habit is None:
        return element("p", reader.text("no_habit"), class_="note")
    told = reader.text(
        "habit", status=reader.name("trend", habit.status), authors=reader.number(habit.authors),
        expected=reader.number(habit.expected, 1), score=reader.number(habit.score, 1),
    )  # fmt: skip
    return element("p", told, class_="note")


def _advice(tag: TagSection, reader: Reader) -> list[Markup]:
    """The verdict of the research, and what posts with it draw."""
    found = tag.advice
    if found is None:
        return []
    judged = {
        name: texts.text(f"research.{name}.{code}", reader.language)
        for name, code in (("verdict", found.verdict), ("light", found.light))
    }
    visible = dates.length(timedelta(seconds=found.visible_s), reader.language)
    told = [reader.text("advice", **judged, visible=visible)]
    if found.lift is None:
        told.append(reader.text("no_draw"))
    else:
        ratio, low, high = (reader.number(each, 2) for each in (found.lift, found.low, found.high))
        authors = reader.number(found.lift_authors)
        told.append(reader.text("draw", ratio=ratio, low=low, high=high, authors=authors))
    return [element("p", " ".join(told), class_="note")]


def _volume(tag: TagSection, reader: Reader) -> Markup:
    found = tag.numbers
    told = [f"{reader.bar_told(start, found.unit)}: {reader.number(count)}" for start, count in found.bars]
    values = [count for _, count in found.bars]
    most = max(range(len(values)), key=values.__getitem__)
    peak = reader.text(
        "peak", when=reader.bar_told(found.bars[most][0], found.unit), n=reader.number(values[most])
    )
    first, last = (reader.bar_told(found.bars[place][0], found.unit) for place in (0, -1))
    caption = element("figcaption", element("span", first), element("span", peak), element("span", last))
    heading = reader.text(f"volume.{found.unit}")
    return joined([element("h3", heading), element("figure", columns(values, told, label=heading), caption)])


def _lists(tag: TagSection, dossier: Dossier, reader: Reader) -> Markup:
    found = tag.numbers
    lists = [
        _related(tag, dossier, reader),
        _writers(tag, reader),
        _shares(reader.label("language"), "language", found.languages, found.posts, reader),
        _shares(reader.label("platform"), "platform", found.platforms, found.posts, reader),
        _moods(tag, reader),
        _metrics(tag, reader),
        _hours(tag, reader),
        _shares(reader.label("source"), "source", found.sources, found.posts, reader),
    ]
    return element("div", *(element("div", each) for each in lists), class_="two")


def _related(tag: TagSection, dossier: Dossier, reader: Reader) -> Markup:
    found = tag.numbers
    heading = element("h3", reader.text("related"))
    if not found.related:
        return joined([heading, element("p", reader.text("no_related"), class_="soft")])
    rows = [
        [
            tag_name(other.name),
            reader.number(other.both),
            reader.part(other.both, found.posts),
            _times(other.both * dossier.window_posts, found.posts * other.posts, reader),
        ]
        for other in found.related[:_LISTED]
    ]
    heads = [reader.label("hashtag"), reader.text("both"), reader.text("share"), reader.text("lift")]
    return joined([heading, table(heads, rows, numbers=(1, 2, 3))])


def _times(above: int, below: int, reader: Reader) -> str:
    return (
        texts.text("dashboard.times", reader.language, n=reader.number(above / below, 1))
        if below
        else digits.UNKNOWN
    )


def _writers(tag: TagSection, reader: Reader) -> Markup:
    found = tag.numbers
    heading = element("h3", reader.text("writers"))
    if not found.writers:
        return joined([heading, element("p", reader.text("no_writers"), class_="soft")])
    rows = [
        [
            joined(
                [
                    others(each.name or each.handle or each.key.rsplit(":", 1)[-1]),
                    element("small", others(f"@{each.handle}")) if each.handle else "",
                ]
            ),
            reader.number(each.posts),
            reader.part(each.posts, found.posts),
        ]
        for each in found.writers[:_LISTED]
    ]
    heads = [reader.label("author"), reader.label("posts"), reader.text("share")]
    return joined([heading, table(heads, rows, numbers=(1, 2))])


def _shares(heading: str, kind: str, counts: Sequence[tuple[str, int]], whole: int, reader: Reader) -> Markup:
    rows = [
        [
            others(reader.name(kind, code)),
            bar(count / whole if whole else 0),
            reader.number(count),
            reader.part(count, whole),
        ]
        for code, count in counts[:_LISTED]
    ]
    heads = [heading, "", reader.label("posts"), reader.text("share")]
    return joined([element("h3", heading), table(heads, rows, numbers=(2, 3))])


def _moods(tag: TagSection, reader: Reader) -> Markup:
    counts = tag.numbers.sentiments
    heading = reader.text("mood")
    told = sum(count for _, count in counts)
    if not told:
        return joined([element("h3", heading), element("p", reader.text("no_mood"), class_="soft")])
    note = reader.text("mood_of", n=reader.number(told), all=reader.number(tag.numbers.posts))
    return joined([_shares(heading, "sentiment", counts, told, reader), element("small", note)])


def _metrics(tag: TagSection, reader: Reader) -> Markup:
    rows = [
        [reader.label(name), reader.number(told.total), reader.number(told.of)]
        for name, told in ((name, tag.numbers.metrics[name]) for name in METRICS)
    ]
    heading = reader.label("engagement")
    heads = [heading, reader.text("sum"), reader.text("posts_told")]
    return joined([element("h3", heading), table(heads, rows, numbers=(1, 2))])


def _hours(tag: TagSection, reader: Reader) -> Markup:
    hours = tag.numbers.hours
    clock = [digits.localised(f"{hour:02}:00", reader.language) for hour in range(24)]
    told = [f"{clock[hour]}: {reader.number(count)}" for hour, count in enumerate(hours)]
    heading = reader.text("hours")
    caption = element("figcaption", *(element("span", clock[hour]) for hour in (0, 6, 12, 18, 23)))
    return joined([element("h3", heading), element("figure", columns(hours, told, label=heading), caption)])


def _samples(samples: Sequence[Sample], reader: Reader) -> list[Markup]:
    if not samples:
        return []
    shown = [element("h3", reader.text("samples"))]
    for each in samples:
        who = joined([others(each.author or digits.UNKNOWN), " · ", reader.moment(each.created_at)])
        address = (
            element("a", reader.text("open"), href=each.url, rel="noopener noreferrer")
            if _is_web(each.url)
            else ""
        )
        line = element("small", who, " ", address)
        shown.append(element("div", line, "\n", element("div", others(each.text), dir="auto"), class_="post"))
    return shown


def _is_web(address: str | None) -> bool:
    """Whether a browser may be sent there."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _coverage(coverage: Sequence[SourceTime], reader: Reader) -> Markup:
    heading = element("h2", reader.text("coverage"))
    if not coverage:
        return joined([heading, element("p", reader.text("no_sources"), class_="soft")])

    def length(seconds: int) -> str:
        return dates.length(timedelta(seconds=seconds), reader.language) if seconds else digits.UNKNOWN

    rows = [
        [
            others(each.source),
            reader.name("platform", each.platform),
            length(each.heard_s),
            length(each.missing_s),
        ]
        for each in coverage
    ]
    heads = [reader.label("source"), reader.label("platform"), reader.label("heard"), reader.label("missing")]
    return joined([heading, element("p", reader.text("coverage_told"), class_="soft"), table(heads, rows)])


def _counting(reader: Reader) -> Markup:
    def told(name: str, part: str) -> str:
        return reader.text(f"counting.{name}.{part}")

    rows = [
        joined([element("dt", told(name, "name")), element("dd", told(name, "told"))])
        for name in _DEFINITIONS
    ]
    return joined([element("h2", reader.text("counted_how")), element("dl", *rows)])


def _sealed(dossier: Dossier, reader: Reader, digest: str) -> Markup:
    rows: list[list[str]] = [[tag_name(tag.name), element("code", tag.posts_digest)] for tag in dossier.tags]
    rows.append([reader.text("whole"), element("code", digest)])
    told = reader.text("sealed", posts=texts.counted("common.unit.post", len(dossier.posts), reader.language))
    return joined(
        [
            element("h2", reader.text("proof")),
            element("p", told),
            element("p", element("code", "rasad verify FILE")),
            table([reader.text("of_what"), "SHA-256"], rows),
        ]
    )
