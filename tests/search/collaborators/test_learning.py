"""The model learns what a made-up past holds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from search.collaborators.defaults import default_model
from search.collaborators.features import FEATURES, GROUPS
from search.collaborators.learning import Learning, learn
from search.collaborators.model import Examples, Model, _Lines, fit
from search.collaborators.profiles import texts_of
from search.people import PeopleArrays, people_of_papers
from tests.search.collaborators.memory import paper


def _examples(lists: int = 120, candidates: int = 20) -> tuple[Examples, int]:
    """Candidates of whom the one with the largest value of one feature is always the collaborator."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(lists * candidates, len(FEATURES))).astype(np.float32)
    telling = FEATURES.index("walk_2")
    best = features[:, telling].reshape(lists, candidates).argmax(axis=1) + np.arange(lists) * candidates
    positive = np.zeros(len(features), dtype=np.bool_)
    positive[best] = True
    return Examples(features, positive, np.repeat(np.arange(lists), candidates)), telling


def test_the_telling_feature_decides() -> None:
    examples, telling = _examples()
    model = fit(examples)
    parts = model.parts(examples.features)
    assert parts.std(axis=0).argmax() == telling
    scores = parts.sum(axis=1).reshape(120, 20)
    hits = scores.argmax(axis=1) == examples.positive.reshape(120, 20).argmax(axis=1)
    assert hits.mean() > 0.9
    assert model.learned_from == 120


def test_a_model_packs_and_fits_the_same_twice() -> None:
    examples, _ = _examples(40)
    one, other = fit(examples), fit(examples)
    back = Model.unpack(one.pack())
    for name in ("mean", "scale", "knots", "weights"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        np.testing.assert_array_equal(getattr(one, name), getattr(back, name))


def test_lines_add_up_as_hinges_do() -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(50, 3)).astype(np.float32)
    knots = np.sort(rng.normal(size=(3, 4)), axis=1).astype(np.float32)
    knots[1, 1] = knots[1, 2]
    weights, residual = rng.normal(size=(3, 5)), rng.normal(size=50)
    hinges = np.concatenate((z[:, :, None], np.maximum(z[:, :, None] - knots, 0)), axis=2).astype(np.float64)
    lines = _Lines(z, knots)
    np.testing.assert_allclose(lines.scores(weights), np.einsum("efh,fh->e", hinges, weights), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(lines.gradient(residual), np.einsum("efh,e->fh", hinges, residual), rtol=1e-5, atol=1e-5)


def _past(people: int = 240) -> tuple[PeopleArrays, list[str]]:
    """Groups with a leader in which everybody ends up writing with everybody, and one paper alone a year."""
    rng = random.Random(4)
    papers, number = [], 0
    for year in range(2000, 2013):
        for group in range(people // 6):
            members = [f"g{group:02}m{member}" for member in range(6)]
            for _ in range(3):
                byline = " ".join([*rng.sample(members[1:], 1), members[0]])
                papers.append(paper(number, year, byline, f"Topic{group} study", f"Workshop {group % 5}"))
                number += 1
            if year > 2006:
                papers.append(paper(number, year, " ".join(rng.sample(members[1:], 2)), f"Topic{group} joint work"))
                number += 1
    return people_of_papers(papers), [one.title for one in papers]


def test_learning_from_the_past_foresees_the_group() -> None:
    people, titles = _past()
    model = learn(people, texts_of(titles), 2012, Learning(least=1, others=30))
    assert model is not None
    assert model.learned_from >= 200
    groups = np.array(GROUPS)
    features = np.zeros((2, len(FEATURES)), dtype=np.float32) + model.mean
    near = [place for place, name in enumerate(FEATURES) if groups[place] in {"co-authors", "topics"}]
    features[0, near] += model.scale[near]
    features[1, near] -= model.scale[near]
    above, below = model.parts(features).sum(axis=1)
    assert above > below


def test_too_little_to_learn_from() -> None:
    papers = [paper(1, 2001, "ann bob"), paper(2, 2005, "bob cid")]
    assert learn(people_of_papers(papers), texts_of(one.title for one in papers), 2005) is None


def test_the_shipped_model_prefers_the_near_and_the_active() -> None:
    model = default_model()
    assert model.learned_from == 0
    assert model.weights.shape == (len(FEATURES), 1 + model.knots.shape[1])
    features = np.repeat(model.mean[None, :], 2, axis=0)
    for name, change in (("walk_3", 1), ("slow_walk_3", 1), ("walk_4", 1), ("words", 1), ("silent", -1)):
        place = FEATURES.index(name)
        features[0, place] += change * model.scale[place]
    scores = model.parts(features).sum(axis=1)
    assert scores[0] > scores[1]


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_is_told_as_a_part(name: str) -> None:
    assert GROUPS[FEATURES.index(name)] in {
        "co-authors",
        "events and venues",
        "topics",
        "citations",
        "institutions",
        "activity",
    }
