"""A profile as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cli.output import console, count, plain, table

if TYPE_CHECKING:
    from search.profiles.model import CitingRow, CoauthorRow, KinRow, PaperRow, Profile, Totals

__all__ = ["show_profile", "span"]

_BAR = 30


def span(first: int | None, last: int | None) -> str:
    """A period as text."""
    if first is None or last is None:
        return "no years"
    return str(first) if first == last else f"{first}-{last}"


def show_profile(profile: Profile) -> None:
    """Print what the profile holds; parts that were not asked for are left out."""
    _show_person(profile)
    _show_totals(profile)
    for one in profile.standing or ():
        console().print(one.sentence)
    _show_metrics(profile)
    _show_years(profile)
    _section("topic", profile.topics, lambda t: (t.topic, count(t.papers), span(t.first_year, t.last_year)))
    _papers("pinned papers", profile.pinned)
    _papers("most cited papers", profile.most_cited)
    _papers(f"most central papers, by {profile.central_by}", profile.most_central)
    _section("venue", profile.venues, lambda v: (v.name, count(v.papers), span(v.first_year, v.last_year)))
    _places(profile)
    _coauthors("co-authors", profile.coauthors)
    _citing("cited by", profile.cited_by)
    _citing("cites", profile.cites)
    _kin("perhaps advised by (guessed from bylines)", profile.advisors)
    _kin("perhaps advisor of (guessed from bylines)", profile.advisees)
    if profile.network is not None and profile.network.people:
        network = profile.network
        _heading("network of co-authors")
        console().print(f"{network.cut} {count(len(network.links), 'pairs')} of them wrote together.")


def _show_person(profile: Profile) -> None:
    person, out = profile.document.author, console()
    out.print(plain(person.name.full), style="bold")
    out.print("  ".join([person.id, *map(str, person.ids)]), style="dim")
    if person.variants:
        out.print("also " + "; ".join(plain(name.full) for name in person.variants))
    period = span(person.first_year, person.last_year)
    out.print(f"{count(person.papers, 'papers')}, {period}; identity rests on {person.basis.value}")
    if person.affiliations:
        out.print()
        rows = [(a.text, span(a.first_year, a.last_year), count(a.papers)) for a in person.affiliations]
        table(("affiliation as printed", "years", "papers"), rows, right=(2,))


def _show_totals(profile: Profile) -> None:
    totals = profile.totals
    if totals is None:
        return
    _heading("totals")
    if totals.citations:
        console().print(
            f"{count(totals.citations, 'citations')} by {count(totals.citing_papers, 'papers')}, which "
            f"{count(totals.citing_people)} others wrote; {count(totals.self_citations)} are self-citations, "
            f"{count(totals.independent_citations)} come from papers that share no author"
        )
    else:
        console().print("no citations known")
    console().print(_known(totals))
    cites = f"; {count(totals.references, 'references')} to papers of {count(totals.cited_people)} others"
    console().print(f"{count(totals.coauthors, 'co-authors')}{cites if totals.references else ''}")


def _known(totals: Totals) -> str:
    """Up to when citations are known, and what that means for this person."""
    if totals.cited_until is None:
        return "this collection knows no citations, so numbers made of them say nothing"
    late = totals.first_year is not None and totals.first_year > totals.cited_until
    means = "; these papers are later, so numbers made of citations say nothing of them" if late else ""
    return f"citations are known from papers up to {totals.cited_until}{means}"


def _show_metrics(profile: Profile) -> None:
    if not profile.metrics:
        return
    from ranking.registry import metrics

    declared = {metric.name: metric for metric in metrics()}
    cohort = profile.cohort
    _heading("metrics")
    if cohort is not None:
        topic = f"whose main topic is {plain(cohort.topic)} and" if cohort.topic else "of no known main topic,"
        until = f" to {cohort.last_year}" if cohort.last_year != cohort.first_year else ""
        begun = f"whose first paper is of {cohort.first_year}{until}" if cohort.first_year else "of no known first year"
        console().print(f"percentiles: among {count(cohort.people)} people {topic} {begun}", style="dim")
    rows = []
    for row in profile.metrics:
        known = declared.get(row.name)
        shown = "" if row.percentile is None else f"{row.percentile:.1f}"
        rows.append((known.title if known else row.name, count(row.value), known.unit if known else "", shown))
    table(("metric", "value", "unit", "percentile"), rows, right=(1, 3))


def _show_years(profile: Profile) -> None:
    if not profile.years:
        return
    most = max(1, *(row.papers for row in profile.years))
    _heading("years (citations by the year of the citing paper; independent: no author in common)")
    rows = [
        (row.year, row.papers, row.citations, row.independent_citations, "#" * -(-row.papers * _BAR // most))
        for row in profile.years
    ]
    table(("year", "papers", "citations", "independent", ""), rows, right=(1, 2, 3))


def _heading(text: str) -> None:
    console().print()
    console().print(plain(text), style="bold")


def _section(title: str, rows: Sequence[Any] | None, cells: Any) -> None:
    if rows:
        console().print()
        table((title, "papers", "years"), map(cells, rows), right=(1,))


def _papers(title: str, rows: Iterable[PaperRow] | None) -> None:
    shown = [(row.year or "", row.title, count(row.citations), row.id) for row in rows or ()]
    if shown:
        _heading(title)
        table(("year", "paper", "citations", "id"), shown, right=(2,))


def _places(profile: Profile) -> None:
    rows = [
        (place.kind, place.name, span(place.first_year, place.last_year), place.id) for place in profile.places or ()
    ]
    if rows:
        console().print()
        table(("place", "name", "years", "id"), rows)


def _coauthors(title: str, rows: Iterable[CoauthorRow] | None) -> None:
    shown = [(row.name, count(row.papers), span(row.first_year, row.last_year), row.id) for row in rows or ()]
    if shown:
        _heading(title)
        table(("name", "papers", "years", "id"), shown, right=(1,))


def _citing(title: str, rows: Iterable[CitingRow] | None) -> None:
    shown = [(row.name, count(row.citations), count(row.papers), row.id) for row in rows or ()]
    if shown:
        _heading(title)
        table(("name", "citations", "papers", "id"), shown, right=(1, 2))


def _kin(title: str, rows: Iterable[KinRow] | None) -> None:
    shown = [
        (
            row.name,
            f"{row.confidence:.2f}",
            f"{len(row.papers)} of {row.early_papers} early papers",
            span(row.first_year, row.last_year),
            row.rule,
            row.id,
        )
        for row in rows or ()
    ]
    if shown:
        _heading(title)
        table(("name", "confidence", "evidence", "years", "rule", "id"), shown, right=(1,))
