"""How texts are read, and what people say instead: facets, noise, corrections, samples, labels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from answers import labelling
from config.load import load
from dashboard.facets import chosen_in
from dashboard.marking import Mark, pieces
from dashboard.scorecards import hashes, tables
from posts.labels import Label
from posts.post import Post
from store import labels
from store.state import State
from tests.dashboard.test_dashboard_views import drawn, links, problems

Visit = Callable[..., AppTest]


def total(page: AppTest) -> str:
    """How many posts a list says it has."""
    found = drawn(page)
    return str(found["posts_count"]["items"][0]["text"].split()[0]) if "posts_count" in found else "0"


def follow(visit: Visit, link: dict[str, Any]) -> AppTest:
    """The view that a link leads to."""
    return visit(link["view"], **dict(parse_qsl(urlsplit(link["href"]).query)))


def facet(page: AppTest, kind: str) -> list[dict[str, Any]]:
    """The values of a facet as they are drawn."""
    return [item for item in drawn(page)[f"facet_{kind}"]["items"] if item.get("chip")]


def test_facets_narrow_and_count(read: Path, visit: Visit) -> None:
    """A value narrows the list to as many posts as its number says, which opens them too."""
    page = visit("posts", lang="en", period="7d")
    values = facet(page, "sentiment")

    assert {value["text"] for value in values} == {"negative", "neutral", "positive"}
    for value in values:
        assert total(follow(visit, value["link"])) == value["counted"]["text"]
        assert total(follow(visit, value["counted"]["link"])) == value["counted"]["text"]


def test_a_chosen_facet_is_seen_and_can_be_taken_away(read: Path, visit: Visit) -> None:
    """Its cross leads back to the list without it, and to the words that were typed."""
    page = visit("posts", lang="fa", period="7d", query='tea sentiment:positive intent:"praise"')
    chosen = drawn(page)["facets_chosen"]["items"]

    assert [(item["label"], item["text"]) for item in chosen] == [("لحن:", "مثبت"), ("نیت:", "ستایش")]
    assert chosen[0]["remove"]["params"]["query"] == 'tea intent:"praise"'
    assert chosen[1]["remove"]["params"]["query"] == "tea sentiment:positive"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", []),
        ("tea", []),
        ("sentiment:negative", [("sentiment", "negative", "")]),
        ("(a OR b) lang:fa", [("language", "fa", "(a OR b)")]),
        ("(tea noise:spam) x", [("noise", "spam", "(tea ) x")]),
        ("-sentiment:negative", []),
        ("a OR sentiment:negative", []),
        ("(sentiment:negative) tea", [("sentiment", "negative", "tea")]),
        ('emoji:"❤" چای', [("emoji", "❤", "چای")]),
        ("tea AND (", []),
    ],
)
def test_which_facets_a_query_narrows_by(query: str, found: list[tuple[str, str, str]]) -> None:
    """Only those that all posts must have."""
    assert [(each.kind, each.value, each.rest) for each in chosen_in(query)] == found


@pytest.mark.parametrize("view", ["overview", "trends", "hashtag", "posts", "influencers"])
def test_noise_is_left_out_in_every_link(read: Path, visit: Visit, view: str) -> None:
    """The choice stands in the address of every number, which opens as many posts as without noise."""
    page = visit(view, lang="en", period="7d", noise="out", hashtag="ai")
    counted = drawn(page).get("noise_counted")
    # What was heard of a source is all of it, and a card leads to its post and author as ever.
    opened = [
        link
        for name, data in drawn(page).items()
        if name not in ("noise_counted", "posts", "hashtag_newest") and not name.endswith("_sources")
        for link in links(data)
        if link["view"] == "posts"
    ]

    assert problems(page) == []
    assert page.selectbox(key="bar_noise").value == "out"
    assert {link["params"].get("noise") for link in opened} == {"out"}
    if view == "overview":
        number = drawn(page)["overview_cards"]["items"][0]["value"]
        assert counted is not None
        assert counted["items"][0]["text"] == "7 posts"
        assert number["text"] == "35"
        assert total(follow(visit, number["link"])) == "35"
        assert total(follow(visit, counted["items"][0]["link"])) == "7"


def test_copies_are_told_and_open(read: Path, visit: Visit) -> None:
    """Eight posts of two people say the same; the link shows all eight."""
    cards = drawn(visit("posts", lang="en", period="7d", query='"tea house"'))["posts"]["posts"]

    assert len(cards) == 8
    assert {card["copies"]["text"] for card in cards} == {"8 posts by 2 authors say nearly the same"}
    assert total(follow(visit, cards[0]["copies"]["link"])) == "8"
    for number in (0, 3, 7):
        assert total(visit("posts", lang="en", query=f'copy:"mastodon:tea.example:r{number}"')) == "8"
    assert total(visit("posts", lang="en", query='copy:"mastodon:tea.example:r11"')) == "1"


def test_a_correction_is_kept_and_waits(read: Path, visit: Visit) -> None:
    """What a person says stands in the place of what was read, as theirs; it can be taken back."""
    page = visit("posts", lang="en", ids="mastodon:tea.example:r11")
    page.button_group(key="correct_intent_mastodon:tea.example:r11").set_value(["question"])
    next(b for b in page.button if b.label == "Keep").click()
    page.run()

    with State(read / "state.sqlite") as state:
        (label,) = labels.all_of(state)
    assert (label.post, label.kind, label.values, label.how) == (
        "mastodon:tea.example:r11", "intent", ("question",), "correction",
    )  # fmt: skip
    rows = {row[0]["text"]: row for row in drawn(page)["readings"]["rows"]}
    assert rows["Meant as"][1]["text"] == "question"
    assert rows["Meant as"][2]["text"] == "a person (waits to be written)"
    assert rows["Language"][1]["text"] == "Persian"
    asked = {"label": "Meant as:", "text": "question", "tone": ""}
    assert asked in drawn(page)["posts"]["posts"][0]["readings"]
    listed = {
        card["url"] or card["parts"][0]["text"]: card
        for card in drawn(visit("posts", lang="en", period="7d", query='"چای خوب است"'))["posts"]["posts"]
    }  # tea is good
    assert asked in listed["چای خوب است"]["readings"]  # tea is good

    page.button(key="take_back_intent").click().run()

    assert asked not in drawn(page)["posts"]["posts"][0]["readings"]
    with State(read / "state.sqlite") as state:
        assert labels.all_of(state) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_pasted_text_is_explained(read: Path, visit: Visit, language: str) -> None:
    """Its pieces are the text, its mood has words that spoke for it, its hashtag its family and words."""
    written = "از رستا متنفرم <b>😡</b> #هوش_مصنوعی_ایران @sara"  # I hate Rasta; AI of Iran
    page = visit("labels", lang=language)
    page.text_area(key="panel_text").set_value(written)
    page.button(key="panel_go").click().run()
    found = drawn(page)

    assert problems(page) == []
    assert "".join(piece["text"] for piece in found["panel_marked"]["pieces"]) == written
    assert any("bad" in piece["kinds"] for piece in found["panel_marked"]["pieces"])
    signs = {row[0]["text"]: row for row in found["panel_signs"]["rows"]}
    assert signs["#هوش_مصنوعی_ایران"][2]["text"] == "#هوش_مصنوعی_ایران"
    assert signs["#هوش_مصنوعی_ایران"][2]["hint"] == "هوشمصنوعیایران"
    assert signs["#هوش_مصنوعی_ایران"][3]["text"] == "هوش + مصنوعی + ایران"
    assert {"😡", "@sara", "رستا"} <= set(signs)
    mood = "negative" if language == "en" else "منفی"
    assert any(mood in row[1]["text"] for row in found["panel_values"]["rows"])
    assert any(mood in row[1]["text"] for row in found["panel_spoken"]["rows"])


def test_pieces_make_up_the_text() -> None:
    """Whatever overlaps."""
    text = "چای خوب 😡!"  # good tea
    found = pieces(
        text, [Mark(0, 3, "sign", "a"), Mark(2, 8, "good", "b"), Mark(8, 9, "bad"), Mark(0, 3, "sign")]
    )

    assert "".join(piece["text"] for piece in found) == text
    assert [(piece["text"], piece["kinds"], piece["hint"]) for piece in found] == [
        ("چا", ["sign"], "a"),
        ("ی", ["sign", "good"], "a\nb"),
        (" خوب ", ["good"], "b"),
        ("😡", ["bad"], ""),
        ("!", [], ""),
    ]


def test_a_sample_is_drawn_labelled_and_gone_on_with(read: Path, visit: Visit) -> None:
    """One click labels a post and shows the next; another visit finds it as it was left."""
    page = visit("labels", lang="en", section="sample", period="7d")
    page.number_input(key="sample_size").set_value(10)
    page.button(key="sample_draw").click().run()

    assert page.get("progress")[0].proto.text == "0 of 10 labelled"
    first = drawn(page)["sample_post"]["posts"][0]
    assert first["readings"] == []
    page.button(key="sample_is_negative").click().run()
    page.button(key="sample_is_neutral").click().run()
    page.button(key="sample_later").click().run()
    assert page.get("progress")[0].proto.text == "2 of 10 labelled"

    again = visit("labels", lang="fa", section="sample")
    assert again.get("progress")[0].proto.text == "۲ از ۱۰ برچسب خورده"
    again.button(key="sample_is_positive").click().run()
    assert again.get("progress")[0].proto.text == "۳ از ۱۰ برچسب خورده"
    again.button(key="sample_undo").click().run()
    with State(read / "state.sqlite") as state:
        given = labels.all_of(state)
        (kept,) = labelling.draws(state)
    assert {label.values for label in given} == {("negative",), ("neutral",)}
    assert {(label.how, label.draw) for label in given} == {("sample", kept.id)}
    assert {label.post for label in given} < set(kept.posts)


def test_a_sample_of_many_values(read: Path, visit: Visit) -> None:
    """None of them is a label too."""
    page = visit("labels", lang="fa", section="sample", period="7d")
    page.selectbox(key="sample_kind").set_value("noise")
    page.button(key="sample_draw").click().run()
    page.button(key="sample_keep").click().run()

    with State(read / "state.sqlite") as state:
        (label,) = labels.all_of(state, "noise")
    assert label.values == ()
    assert problems(page) == []


def test_nothing_to_draw_is_told(read: Path, visit: Visit) -> None:
    """A query that finds nothing gives a word, no empty sample."""
    page = visit("labels", lang="en", section="sample", period="7d", query="nobody-says-this")
    page.button(key="sample_draw").click().run()

    assert [info.value for info in page.info] == ["There is no post to draw from."]
    assert problems(page) == []


def test_ten_thousand_labels(read: Path, visit: Visit) -> None:
    """They are shown in pages, counted, and told apart from what models said."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    many = [
        Label(post=f"mastodon:tea.example:r{number}", kind="sentiment", values=("negative",),
              how="sample", at=now + timedelta(seconds=number))
        for number in range(10_000)
    ]  # fmt: skip
    with State(read / "state.sqlite") as state:
        labels.add(state, many)
        labels.note_said(state, [(many[0], ("negative",), "x"), (many[1], ("positive",), "x")])
    page = visit("labels", lang="en", section="list", page="400")
    found = drawn(page)

    assert [cell["text"] for cell in found["labels_counts"]["rows"][0]] == ["Mood", "10,000", "0", "50% of 2"]
    assert len(found["labels_list"]["rows"]) == 25
    assert found["labels_list"]["rows"][-1][0]["text"].startswith("The whole of the tea house")
    assert found["labels_list"]["rows"][0][0]["text"] == "a post that is no longer here"
    assert [item["text"] for item in found["labels_turning"]["items"]] == ["1", "…", "398", "399", "400"]
    assert visit("labels", section="list", page="9999", lang="en").title[0].value == "How texts are read"

    page.button(key="label_take_back").click().run()

    with State(read / "state.sqlite") as state:
        assert labels.count(state) == 9_999


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("section", ["panel", "sample", "list", "cards", "nonsense"])
def test_sections_of_a_project_without_posts(
    project: Path, visit: Visit, section: str, language: str
) -> None:
    """Each says what it is for, and nothing fails."""
    page = visit("labels", lang=language, section=section)

    assert problems(page) == []
    assert page.caption or page.info


def test_lag_of_the_second_reading_is_told(planted: list[Post], visit: Visit) -> None:
    """While posts wait: how many, and how far it is."""
    folder = Path(load("tea").folder)
    with State(folder / "state.sqlite") as state:
        state.set_note("deepening", '{"marks": ["1-new", "2-new"]}')
    page = visit("sources", lang="en")
    cards = {card["label"]: card for card in drawn(page)["health_cards"]["items"]}

    assert cards["Second reading"]["value"]["text"] == "30 posts wait"
    assert page.get("progress")[0].proto.text.startswith("0 of 30 posts are read")
    assert "30 posts of this project still wait" in visit("posts", lang="en").caption[0].value


def test_score_cards_of_any_form() -> None:
    """Classes are found wherever they stand, with what is told around them, and the data's hashes."""
    row = {"precision": 0.5, "recall": 0.4, "f": 0.44, "support": 10}
    card = {
        "reader": "rules 1",
        "sha256": "a" * 64,
        "parts": [{"set": "fa", "posts": 10, "intents": [{"name": "question", **row}]}],
        "test": {"classes": {"negative": row}},
        "data": {"tweets.tsv": "b" * 64},
    }
    found = list(tables(card))

    assert [(table.kind, table.on, [each["name"] for each in table.classes]) for table in found] == [
        ("intents", ("fa",), ["question"]),
        ("classes", ("test",), ["negative"]),
    ]
    assert found[0].about == (("reader", "rules 1"), ("posts", 10))
    other = {"1": {"fa": {"PER": {"p": 0.1, "r": 0.1, "f": 0.1, "support": 1}}}}
    shipped = {"fast": {"fa": {"PER": {"p": 0.7, "r": 0.6, "f": 0.65, "support": 9}}}}
    names = {"seeds": other, "together": shipped}
    (short,) = tables(names)
    assert short.on == ("fast", "fa")
    assert short.classes == ({"name": "PER", "precision": 0.7, "recall": 0.6, "f": 0.65, "support": 9},)
    assert list(hashes(card)) == [("sha256", "a" * 64), ("tweets.tsv", "b" * 64)]


def test_shipped_score_cards_are_drawn(project: Path, visit: Visit) -> None:
    """Each has its classes with support and an interval; what has none is told to have none."""
    page = visit("labels", lang="fa", section="cards")
    found = drawn(page)

    assert problems(page) == []
    moods = found["card_mood_0"]["rows"]
    assert [row[0]["text"] for row in moods] == ["منفی", "خنثی", "مثبت"]  # negative, neutral, positive
    assert all(" – " in row[3]["below"] for row in moods)
    assert "intents" in " ".join(name for name in found if name.startswith("card_"))
    assert [row[0]["text"] for row in found["card_names_0"]["rows"]] == ["همه با هم", "شخص", "جا", "سازمان"]
    sets = page.selectbox(key="card_names_set").options
    assert "سریع · ParsTwiNER (توییت‌های فارسی)" in sets  # fast; Persian tweets
    assert "دقیق · ParsTwiNER (توییت‌های فارسی)" in sets  # careful
    assert [info.value for info in page.info] == ["هنوز سنجیده نشده: زبان."]  # language is not measured yet
    folded = [door for door in page.expander if "ردیف" in door.label]  # rows
    assert [door.label for door in folded] == ["همهٔ سنجیده‌ها (۵۶ ردیف)"]
