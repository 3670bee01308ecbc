"""Who may have advised whom among the people at hand, from bylines, by the rules of :mod:`search.profiles.kinship`."""

from __future__ import annotations

from collections.abc import Iterable

from ranking.corpus import NO_YEAR
from search.conflicts.identify import Identities
from search.conflicts.model import Guess, Person
from search.people import People
from search.profiles import kinship
from search.profiles.person import Person as Profiled

__all__ = ["guessed_advisors"]

_RULES = {"first_last": "first and last author", "early_papers": "on the early papers"}


def guessed_advisors(people: People, reviewers: Iterable[Person], authors: Iterable[Person]) -> tuple[Guess, ...]:
    """Guesses between a reviewer and an author, either of them the student, by ids of the collection, ascending.

    Only people who are found by id are looked at.
    """
    identities, reviewers, authors = Identities(people), list(reviewers), list(authors)
    identities.prepare([*reviewers, *authors], names=False)
    mine, theirs = (
        {at for person in some if (at := identities.by_id(person)) is not None} for some in (reviewers, authors)
    )
    made = []
    for students, others in ((mine, theirs), (theirs, mine)):
        for student in students:
            made += [
                _guess(people, student, guess)
                for guess in kinship.advisors(Profiled.of(people.arrays, student))
                if guess.other in others
            ]
    return tuple(sorted(set(made), key=lambda guess: (guess.student, guess.advisor)))


def _guess(people: People, student: int, guess: kinship.Guess) -> Guess:
    arrays = people.arrays
    papers = list(guess.papers)
    years = [int(year) for year in arrays.corpus.years[papers] if year != NO_YEAR]
    detail = f"perhaps the advisor: {_RULES[guess.rule]} of {len(papers)} of {guess.out_of}, confidence "
    return Guess(
        arrays.author_ids[student],
        arrays.author_ids[guess.other],
        f"{detail}{guess.confidence:.2f}",
        tuple(arrays.paper_ids.take(sorted(papers))),
        min(years, default=None),
        max(years, default=None),
    )
