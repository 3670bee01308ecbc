from __future__ import annotations

import pytest

from search.guards import MAX_HOLDERS, distinctive_words, guess_titles, is_title_of, unknown_words
from search.text import analyze, title_key
from tests.search.library import paper

BERT = paper(
    "p:1", "BERT: Pre-training of Deep Transformers", author="Jacob Devlin", year=2019, venue="Proceedings of NAACL"
).paper


def frequency(**known: int) -> dict[str, int]:
    return {analyze(word)[0].term: count for word, count in known.items()}


@pytest.mark.parametrize(
    "text",
    [
        "BERT: Pre-training of Deep Transformers",
        "bert pre training of deep transformers",
        "BERT: Pre-training of Deep Transformers. 2019",
        "BERT: Pre-training of Deep Transformers (NAACL 2019)",
        "Devlin, J. (2019). BERT: Pre-training of Deep Transformers. Proceedings of NAACL",
        "J. Devlin et al. BERT: Pre-training of Deep Transformers",
        "“BERT: Pre-training of Deep Transformers”, Devlin",
        "BERT: Pre-training of Deep Transformers - Devlin",
        "BERT: Pre-training of Deep Transformers by Jacob Devlin",
    ],
)
def test_titles_with_what_citations_put_around_them(text: str) -> None:
    guess = guess_titles(text).get(title_key(BERT.title))
    assert guess is not None
    assert is_title_of(BERT, guess)


@pytest.mark.parametrize(
    "text",
    [
        "BERT: Pre-training of Deep Transformers. 2018",
        "BERT: Pre-training of Deep Transformers (Smith 2019)",
        "Beyond BERT: Pre-training of Deep Transformers",
        "A critique. BERT: Pre-training of Deep Transformers",
        "BERT",
        "",
        "…",
    ],
)
def test_what_is_no_title(text: str) -> None:
    guess = guess_titles(text).get(title_key(BERT.title))
    assert guess is None or not is_title_of(BERT, guess)


def test_guesses_are_few_however_long_the_text() -> None:
    assert len(guess_titles("a, " * 150)) <= 25
    long = "some words here, " * 500
    assert list(guess_titles(long)) == [title_key(long)]
    assert list(guess_titles("One two three. Four five six", parts=False)) == ["onetwothreefourfivesix"]


@pytest.mark.parametrize(
    ("typed", "held", "papers", "found"),
    [
        (["BLEURT", "metric"], {"bleurt": 5, "metric": 900}, 10_000, ["BLEURT"]),
        (["ELMo"], {"elmo": 90}, 10_000, ["ELMo"]),
        (["elmo"], {"elmo": 90}, 10_000, []),
        (["elmo"], {"elmo": 3}, 10_000, ["elmo"]),
        (["elmo"], {"elmo": 20}, 100_000, ["elmo"]),
        (["BERT"], {"bert": 300}, 10_000_000, []),
        (["BERT"], {"bert": MAX_HOLDERS}, 10_000_000, ["BERT"]),
        (["BERT"], {"bert": 0}, 10_000, []),
        (["2019"], {"2019": 60}, 10_000, []),
        (["Paris"], {"paris": 60}, 10_000, []),
        (["ALL", "WORDS", "ARE", "LOUD"], {"loud": 60, "words": 60}, 10_000, []),
        (["BERT", "BERT"], {"bert": 1}, 3, ["BERT"]),
        (["BERT"], {"bert": 2}, 3, []),
    ],
)
def test_distinctive_words(typed: list[str], held: dict[str, int], papers: int, found: list[str]) -> None:
    assert distinctive_words(typed, frequency(**held), papers) == found


def test_a_compound_is_as_rare_as_its_rarest_part() -> None:
    held = {term.term: count for term, count in zip(analyze("GPT-3"), (40, 9000), strict=True)}
    assert distinctive_words(["GPT-3"], held, 10_000) == ["GPT-3"]


def test_unknown_words() -> None:
    assert unknown_words(["the", "graph", "grph", "grph", "graph-grph"], frequency(graph=3)) == ["grph"]
