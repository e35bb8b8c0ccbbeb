"""Counts of words: how they are made of texts, and read again."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from nlp import lexicon
from nlp.fold import fold
from nlp.training import frequencies
from nlp.training.frequencies import counted, english, persian, written


def test_words_and_pairs_are_counted_as_they_are_indexed() -> None:
    """Folded, without names and addresses; what an apostrophe parts is one word."""
    words, pairs = counted(
        ["Don't go @sara https://example.com", "I do n't, do n ' t GO [PERSON] go", "كتاب‌ها"]
    )

    assert words == {"dont": 1, "go": 3, "i": 1, "do": 2, "nt": 2, "کتابها": 1}  # the last: books
    assert pairs["dont", "go"] == 1
    assert pairs["do", "nt"] == 2


def test_rare_and_odd_words_are_left_out() -> None:
    """Once is enough for an English word of four letters only; numbers and single letters are no words."""
    words, pairs = counted(["go go gone xy 12 b", "کتاب کتاب قلم", "go now go now go now"])  # book, book, pen

    made = written(words, pairs, least=1)
    assert made.splitlines()[0] == f"= {sum(words.values())}"
    kept = {word for line in made.splitlines()[1:] if line[0] != "+" for word in line.split()[1:]}
    assert kept == {"go", "gone", "now", "کتاب"}
    assert [line for line in made.splitlines() if line[0] == "+"] == ["+3 go_now"]
    assert "gone" not in written(words, pairs, least=2)


@pytest.mark.parametrize(("count", "rounded"), [(1, 1), (9, 9), (10, 10), (126, 130), (4_449, 4_400)])
def test_counts_are_rounded_to_two_digits(count: int, rounded: int) -> None:
    """So that a file has few lines."""
    assert rounded == frequencies._rounded(count)


def test_corpora_are_read_as_their_authors_publish_them(tmp_path: Path) -> None:
    """A post a block of lines, or a line of columns; signs of tags that stand apart are put back."""
    files = {
        "wnut17/train.conll": "#\tO\nBig\tO\nday\tO\n\nnext\tO\n",
        "wnut17/dev.conll": "",
        **{f"broad_twitter_corpus/{name}.conll": "" for name in ("a", "b", "e", "g", "h_train")},
        "vader_ground_truth/tweets_GroundTruth.txt": "1\t2.5\tso good\n",
        "xed/en-annotated.tsv": "a line\t1, 2\n",
        "xed/neu_en.txt": "9\tYeah.\n",
        "parstwiner/train.txt": "سلام\tO\nدنیا\tO\n\n",
        "parstwiner/dev.txt": "",
        "xed/fa-projections.tsv": "این چیه؟\t7\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert list(filter(None, english(tmp_path))) == ["#Big day", "next", "so good", "a line", "Yeah."]
    assert list(filter(None, persian(tmp_path))) == ["سلام دنیا", "این چیه؟"]


@pytest.mark.parametrize("code", ["en", "fa"])
def test_shipped_words_are_folded_and_likely(code: str) -> None:
    """Words of the lexicon are in the form that texts are compared in; chances are below one."""
    known = lexicon.of(code)

    assert len(known.words) > 10_000
    assert [word for word in known.words if fold(word) != word] == []
    assert all(chance < 0 for chance in known.words.values())
    assert sum(map(math.exp, known.words.values())) < 1.1
    assert [pair for pair in known.pairs if not all(word in known for word in pair.split("_"))] == []


def test_own_list_is_in_no_doubt() -> None:
    """Words that corpora hold joined are taken out."""
    assert "هوش" in lexicon.of("fa")  # intelligence
    assert "خبرفوری" not in lexicon.of("fa")  # breaking news
