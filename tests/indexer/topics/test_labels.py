from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.topics import label_clusters
from indexer.topics.labels import SEPARATOR
from search.query.filters import quote_value
from search.text import STOPWORDS, stem

TRANSLATION = [
    "Neural Machine Translation of Rare Words",
    "Statistical Machine Translation with Phrases",
    "On the Evaluation of Machine Translations with BLEU",
    "Machine Translation and BLEU: Reconsidered",
    "A Decoder for Machine Translation and its BLEU Scores",
    "Towards Better Decoders for Arabic Machine Translation",
]
PARSING = [
    "Dependency Parsing with a Treebank",
    "Fast Dependency Parsers from Treebanks",
    "A Dependency Parser for Arabic",
    "Non-projective Dependency Parsing",
    "Incremental Dependency Parsers and Grammars",
    "A Grammar and a Treebank of Czech",
]
LABELS = np.array([0] * 6 + [1] * 6, dtype=np.int32)


def test_labels_tell_clusters_apart() -> None:
    translation, parsing = label_clusters([*TRANSLATION, *PARSING], LABELS, 2, ["we train on arabic", "a bleu of 3"])
    assert translation.split(SEPARATOR)[0] == "machine translation"
    assert "BLEU" in translation
    assert parsing.split(SEPARATOR)[0].startswith("dependency pars")
    assert "treebank" in parsing
    assert "decoder" in translation


def test_prose_tells_names_from_words_of_titles() -> None:
    titles = ["Parsing Czech Grammars", "More Czech Grammars", "The Grammars of Czech Speakers"]
    prose = ["We learn Czech grammars.", "Old Czech grammars"]
    (label,) = label_clusters(titles, np.zeros(3, dtype=np.int32), 1, prose)
    assert "Czech" in label
    assert "Grammars" not in label


def test_an_acronym_and_its_plural_are_one_word() -> None:
    titles = ["LLMs and maps", "LLM of maps", "An LLM for deserts", "LLMs in deserts", "maps"]
    (label,) = label_clusters(titles, np.zeros(5, dtype=np.int32), 1)
    assert sorted(word.lower().rstrip("s") for word in label.split(SEPARATOR)) == ["desert", "llm", "map"]


def test_like_clusters_get_different_labels() -> None:
    labels = label_clusters(["Apes", "Apes", "Apes", "Apes"], np.array([0, 0, 1, 1], dtype=np.int32), 2)
    assert len({label.casefold() for label in labels}) == 2


def test_clusters_without_words() -> None:
    assert label_clusters(["On the 3 of 4", "..."], np.array([0, 1], dtype=np.int32), 2) == ["topic 1", "topic 2"]


def test_characters_without_spaces_make_words() -> None:
    titles = ["機器翻譯研究", "機器翻譯", "語音辨識", "語音辨識"]
    labels = label_clusters(titles, np.array([0, 0, 1, 1], dtype=np.int32), 2)
    assert [label.split(SEPARATOR)[0] for label in labels] == ["機器翻譯", "語音辨識"]
    assert all(len(part) > 1 and " " not in part for label in labels for part in label.split(SEPARATOR))


_WORDS = st.sampled_from(
    ["The", "of", "parsers", "parser", "Parsing", "apes", "Ape", "LLM", "LLMs", "語", "3", "É", "a/b"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(_WORDS, max_size=6).map(" ".join), st.integers(0, 3)), max_size=30))
def test_any_titles(papers: list[tuple[str, int]]) -> None:
    titles = [title for title, _ in papers]
    labels = label_clusters(titles, np.array([label for _, label in papers], dtype=np.int32), 4, titles)
    assert len({label.casefold() for label in labels}) == 4
    for label in labels:
        words = [word.lower() for part in label.split(SEPARATOR) for word in part.split(" ")]
        if label.startswith("topic "):
            continue
        plain = [stem(word).removesuffix("s") for word in words if not word.startswith("(")]
        assert len(set(plain)) == len(plain), label
        assert not set(words) & set(STOPWORDS)
        assert quote_value(label) == label


@pytest.mark.parametrize("count", [1, 3])
def test_labels_are_the_same_again(count: int) -> None:
    labels = np.array([at % count for at in range(12)], dtype=np.int32)
    titles = [*TRANSLATION, *PARSING]
    assert label_clusters(titles, labels, count) == label_clusters(titles, labels, count)
