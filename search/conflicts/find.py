"""Finding conflicts between all submissions and all reviewers at once.

Ties are looked up from each author to the reviewers they lead to (co-authors, people at the institution, namesakes),
never from every reviewer to every author, so the work grows with the conflicts there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ranking.corpus import NO_YEAR
from records.progress import NO_PROGRESS, Progress
from search.conflicts.domains import organisation
from search.conflicts.identify import Identities, Identity
from search.conflicts.model import (
    DEFAULT,
    FOREVER,
    Certainty,
    Conflict,
    Guess,
    Kind,
    Person,
    Policy,
    Relations,
    Report,
    Stay,
    Submission,
    Unresolved,
)
from search.people import People, PeopleArrays, row

__all__ = ["find_conflicts"]

NO_END = 9999
"""The year of a submission when nobody knows any year."""

CERTAIN, UNCERTAIN = Certainty.CERTAIN, Certainty.UNCERTAIN
_NOTHING = Relations()


@dataclass(frozen=True, slots=True)
class _Tie:
    """Something between an author and a reviewer (by number); ``papers`` are positions, ``stays`` what they share."""

    reviewer: int
    kind: Kind
    certainty: Certainty
    papers: tuple[int, ...] = ()
    stays: tuple[Stay, ...] = ()
    detail: str = ""
    guess: Guess | None = None


def find_conflicts(
    submissions: Sequence[Submission],
    reviewers: Sequence[Person],
    *,
    people: People | None = None,
    arrays: PeopleArrays | None = None,
    policy: Policy = DEFAULT,
    relations: Relations = _NOTHING,
    progress: Progress = NO_PROGRESS,
) -> Report:
    """All conflicts of the reviewers with the submissions under ``policy``.

    ``people``: the collection; ``arrays`` alone will do where everybody has an id. Without either only declared
    relations, names, e-mail addresses and declared stays are compared.
    """
    finder = _Finder(Identities(people, arrays), reviewers, policy, relations, submissions)
    found: dict[tuple[str, str, Kind, str], Conflict] = {}
    progress.start("conflicts", len(submissions))
    for submission in submissions:
        for conflict in finder.of_submission(submission):
            key = conflict.submission, conflict.reviewer, conflict.kind, conflict.author
            old = found.get(key)
            if old is None or (old.certainty is UNCERTAIN and conflict.certainty is CERTAIN):
                found[key] = conflict
        progress.advance()
    progress.finish()
    return Report(tuple(found[key] for key in sorted(found)), tuple(finder.unresolved))


@dataclass(slots=True)
class _Index:
    """Reviewers by what leads to them."""

    position: dict[int, list[tuple[int, Certainty]]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    organisations: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    families: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stays: dict[str, list[tuple[int, Stay]]] = field(default_factory=lambda: defaultdict(list))
    places: dict[int, list[tuple[int, Stay, Certainty]]] = field(default_factory=lambda: defaultdict(list))
    cosubmitted: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))


class _Finder:
    def __init__(
        self,
        identities: Identities,
        reviewers: Sequence[Person],
        policy: Policy,
        relations: Relations,
        submissions: Sequence[Submission],
    ) -> None:
        self.identities = identities
        self.arrays = identities.arrays
        self.reviewers = reviewers
        self.policy = policy
        self.unresolved: list[Unresolved] = []
        self.found: list[Identity] = []
        self.index = _Index()
        self._ties: dict[Person, tuple[_Tie, ...]] = {}
        self.latest = self._latest_year()
        self._teams = np.empty(0) if self.arrays is None else self.arrays.corpus.authors.degrees()
        identities.prepare([*reviewers, *(author for submission in submissions for author in submission.authors)])
        for number, reviewer in enumerate(reviewers):
            self._add(number, reviewer)
        self._add_cosubmissions(submissions)
        self._declared: dict[str, set[int]] = defaultdict(set)
        for who, what in relations.submissions:
            self._declared[what].update(self.index.ids.get(who, ()))
        self._partners = [(_by_person(relations.people), Kind.DECLARED, CERTAIN)]
        self._guesses: dict[str, dict[str, Guess]] = defaultdict(dict)
        if policy.advisors:
            self._partners.append((_by_person(relations.advisors), Kind.ADVISOR, CERTAIN))
            for guess in relations.guessed if policy.guessed else ():
                self._guesses[guess.student][guess.advisor] = guess
                self._guesses[guess.advisor][guess.student] = guess

    def _latest_year(self) -> int:
        years = self.arrays.corpus.years if self.arrays is not None else np.empty(0, dtype=np.int16)
        return int(years.max()) if len(years) and years.max() != NO_YEAR else NO_END

    def _add(self, number: int, reviewer: Person) -> None:
        identity, index = self.identities.of(reviewer), self.index
        self.found.append(identity)
        self._note(reviewer, identity, "reviewer", None)
        for position, certainty in _positions(identity):
            index.position[position].append((number, certainty))
            for place, stay in self._printed(position):
                index.places[place].append((number, stay, certainty))
        for key in self._keys(reviewer, identity):
            index.ids[key].append(number)
        for domain in sorted({o for email in reviewer.emails if (o := organisation(email))}):
            index.organisations[domain].append(number)
        for stay in reviewer.stays:
            index.stays[stay.institution].append((number, stay))
        for word in _name_words(reviewer):
            index.families[word].append(number)

    def _note(self, person: Person, identity: Identity, role: str, submission: str | None) -> None:
        if identity.position is None:
            names = self.arrays.author_ids.take(identity.candidates) if self.arrays is not None else []
            self.unresolved.append(Unresolved(person.id, role, submission, tuple(names)))

    def _keys(self, person: Person, identity: Identity) -> set[str]:
        """Ids and e-mail addresses, by which two records are one person and somebody may have been declared."""
        keys = {person.id} | ({person.author} if person.author else set())
        keys |= {email.strip().lower() for email in person.emails}
        if identity.position is not None and self.arrays is not None:
            keys.add(self.arrays.author_ids[identity.position])
        return keys

    def _add_cosubmissions(self, submissions: Sequence[Submission]) -> None:
        if not self.policy.cosubmissions:
            return
        for submission in submissions:
            keys = [self._keys(author, self.identities.of(author)) for author in submission.authors]
            among = sorted({number for own in keys for key in own for number in self.index.ids.get(key, ())})
            for key in sorted({key for own in keys for key in own}):
                self.index.cosubmitted[key] += [(number, submission.id) for number in among]

    def of_submission(self, submission: Submission) -> Iterator[Conflict]:
        year = self.latest if submission.year is None else submission.year
        own = self.arrays.paper_ids.find(submission.paper) if self.arrays is not None and submission.paper else None
        for author in submission.authors:
            identity = self.identities.of(author)
            self._note(author, identity, "author", submission.id)
            for tie in self._ties_of(author, identity):
                conflict = self._judge(tie, submission, author, year, own)
                if conflict is not None:
                    yield conflict
            for number, other in self._cosubmitted(author, identity):
                if other != submission.id:
                    yield self._conflict(submission, number, Kind.COSUBMISSION, CERTAIN, author, detail=other)
        for number in sorted(self._declared.get(submission.id, ())):
            yield Conflict(submission.id, self.reviewers[number].id, Kind.DECLARED, CERTAIN, "")

    def _cosubmitted(self, author: Person, identity: Identity) -> list[tuple[int, str]]:
        keys = self._keys(author, identity)
        mine = {number for key in keys for number in self.index.ids.get(key, ())}
        found = {pair for key in keys for pair in self.index.cosubmitted.get(key, ()) if pair[0] not in mine}
        return sorted(found)

    def _conflict(
        self, submission: Submission, number: int, kind: Kind, certainty: Certainty, author: Person, *, detail: str = ""
    ) -> Conflict:
        return Conflict(submission.id, self.reviewers[number].id, kind, certainty, author.id, detail=detail)

    def _judge(self, tie: _Tie, submission: Submission, author: Person, year: int, own: int | None) -> Conflict | None:
        """The conflict a tie makes for this submission, if it does."""
        reviewer = self.reviewers[tie.reviewer].id
        if tie.kind is Kind.COAUTHOR:
            return self._joint(tie, submission, author, year, own)
        if tie.kind is Kind.INSTITUTION:
            stay = _overlap(tie.stays, self.policy.window(year))
            if stay is None:
                return None
            years = stay.first, stay.last
            return Conflict(
                submission.id, reviewer, tie.kind, tie.certainty, author.id, (), *years, detail=stay.institution
            )
        if tie.guess is not None:
            return self._guessed(tie.guess, submission, reviewer, author, own)
        return Conflict(submission.id, reviewer, tie.kind, tie.certainty, author.id, detail=tie.detail)

    def _guessed(
        self, guess: Guess, submission: Submission, reviewer: str, author: Person, own: int | None
    ) -> Conflict | None:
        """An advisor's conflict, unless the submission itself is all that it rests on."""
        ours = None if own is None or self.arrays is None else self.arrays.paper_ids[own]
        papers = tuple(paper for paper in guess.papers if paper != ours)
        if guess.papers and not papers:
            return None
        years = guess.first, guess.last
        return Conflict(
            submission.id, reviewer, Kind.ADVISOR, UNCERTAIN, author.id, papers, *years, detail=guess.detail
        )

    def _joint(self, tie: _Tie, submission: Submission, author: Person, year: int, own: int | None) -> Conflict | None:
        assert self.arrays is not None  # noqa: S101 - such ties come from the arrays
        first, last = self.policy.window(year)
        papers = [paper for paper in tie.papers if paper != own]
        years = self.arrays.corpus.years[papers].tolist()
        dated = [paper for paper, when in zip(papers, years, strict=True) if when != NO_YEAR and first <= when <= last]
        undated = [paper for paper, when in zip(papers, years, strict=True) if when == NO_YEAR]
        if len(dated) < self.policy.papers and len(dated) + len(undated) >= self.policy.papers:
            dated, certainty = dated + undated, UNCERTAIN
        else:
            certainty = tie.certainty
        if len(dated) < self.policy.papers:
            return None
        when = [int(y) for y in self.arrays.corpus.years[dated] if y != NO_YEAR]
        ids = tuple(self.arrays.paper_ids.take(sorted(dated)))
        reviewer = self.reviewers[tie.reviewer].id
        span = (min(when), max(when)) if when else (None, None)
        return Conflict(submission.id, reviewer, tie.kind, certainty, author.id, ids, *span)

    def _ties_of(self, author: Person, identity: Identity) -> tuple[_Tie, ...]:
        if author not in self._ties:
            finders: tuple[Callable[[Person, Identity], Iterable[_Tie]], ...] = (
                *(self._same, self._coauthors, self._printed_places),
                *(self._declared_stays, self._domains, self._declared_people),
            )
            self._ties[author] = tuple(tie for finder in finders for tie in finder(author, identity))
        return self._ties[author]

    def _same(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        """The author is the reviewer: by id or e-mail address for sure, by name perhaps."""
        sure: set[int] = set()
        for position, certainty in _positions(identity):
            for number, theirs in self.index.position.get(position, ()):
                both = certainty is CERTAIN and theirs is CERTAIN
                if both:
                    sure.add(number)
                    yield _Tie(number, Kind.SELF, CERTAIN, detail="the same person")
                else:
                    yield _Tie(number, Kind.SELF, UNCERTAIN, detail="a person with such a name")
        for key in sorted(self._keys(author, identity)):
            for number in self.index.ids.get(key, ()):
                sure.add(number)
                yield _Tie(number, Kind.SELF, CERTAIN, detail="the same person")
        if author.name is None:
            return
        for number in sorted({n for word in _name_words(author) for n in self.index.families.get(word, ())} - sure):
            if self._namesakes(author, identity, number):
                yield _Tie(number, Kind.SELF, UNCERTAIN, detail="the same name")

    def _namesakes(self, author: Person, identity: Identity, number: int) -> bool:
        other = self.reviewers[number].name
        if author.name is None or other is None:
            return False
        known = identity.position is not None and self.found[number].position is not None
        if known and not self.policy.initials:
            return author.name.match_key == other.match_key
        return author.name.compatible(other)

    def _coauthors(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        del author
        arrays = self.arrays
        for position, certainty in _positions(identity) if arrays is not None else ():
            assert arrays is not None  # noqa: S101 - said above
            for other in row(arrays.coauthors.links, position).tolist():
                for number, theirs in self.index.position.get(other, ()):
                    papers = np.intersect1d(row(arrays.written, position), row(arrays.written, other))
                    if self.policy.team is not None:
                        papers = papers[self._teams[papers] <= self.policy.team]
                    sure = CERTAIN if certainty is theirs is CERTAIN else UNCERTAIN
                    yield _Tie(number, Kind.COAUTHOR, sure, tuple(papers.tolist()))

    def _printed(self, position: int) -> Iterator[tuple[int, Stay]]:
        """Institutions as printed on papers, with the years they were seen."""
        if self.arrays is None or not (self.policy.institutions and self.policy.printed):
            return
        affiliated, names = self.arrays.affiliated, self.arrays.institution_names
        begin, end = affiliated.links.offsets[position : position + 2].tolist()
        for link in range(begin, end):
            place = int(affiliated.links.indices[link])
            first, last = int(affiliated.first[link]), int(affiliated.last[link])
            yield place, Stay(names[place], None if first == NO_YEAR else first, None if last == NO_YEAR else last)

    def _printed_places(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        del author
        for position, _ in _positions(identity):
            for place, stay in self._printed(position):
                for number, other, _ in self.index.places.get(place, ()):
                    if self.found[number].position != position:
                        yield _Tie(number, Kind.INSTITUTION, UNCERTAIN, stays=(stay, other))

    def _declared_stays(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        del identity
        if not self.policy.institutions:
            return
        for stay in author.stays:
            for number, other in self.index.stays.get(stay.institution, ()):
                if self.reviewers[number].id != author.id:
                    yield _Tie(number, Kind.INSTITUTION, CERTAIN, stays=(stay, other))

    def _domains(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        del identity
        if self.policy.domains:
            for domain in sorted({o for email in author.emails if (o := organisation(email))}):
                for number in self.index.organisations.get(domain, ()):
                    yield _Tie(number, Kind.DOMAIN, CERTAIN, detail=domain)

    def _declared_people(self, author: Person, identity: Identity) -> Iterator[_Tie]:
        keys = self._keys(author, identity)
        for partners, kind, certainty in self._partners:
            for other in sorted({other for key in keys for other in partners.get(key, ())}):
                for number in self.index.ids.get(other, ()):
                    yield _Tie(number, kind, certainty)
        guesses = {other: guess for key in sorted(keys) for other, guess in self._guesses.get(key, {}).items()}
        for other, guess in sorted(guesses.items()):
            for number in self.index.ids.get(other, ()):
                yield _Tie(number, Kind.ADVISOR, UNCERTAIN, guess=guess)


def _by_person(pairs: frozenset[tuple[str, str]]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        table[one].add(other)
        table[other].add(one)
    return table


def _positions(identity: Identity) -> tuple[tuple[int, Certainty], ...]:
    if identity.position is not None:
        return ((identity.position, CERTAIN),)
    return tuple((candidate, UNCERTAIN) for candidate in identity.candidates)


def _name_words(person: Person) -> set[str]:
    """Words of a name that namesakes share: whole words, and the name as printed in its own script."""
    if person.name is None:
        return set()
    return {word for word in person.name.tokens if len(word) > 1} or set(person.name.tokens)


def _overlap(stays: Iterable[Stay], window: tuple[int, int]) -> Stay | None:
    """The years in ``window`` that all stays have in common."""
    listed = list(stays)
    first = max(window[0], *(stay.first if stay.first is not None else window[0] for stay in listed))
    last = min(window[1], *(stay.last if stay.last is not None else window[1] for stay in listed))
    if first > last:
        return None
    return Stay(listed[0].institution, None if first <= -FOREVER else first, None if last >= NO_END else last)
