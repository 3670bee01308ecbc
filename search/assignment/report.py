"""An assignment as files: CSV for other programs, plain values for JSON, a self-contained HTML page for people."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np

from search.assignment.conference import Conference, Pair
from search.assignment.solve import Solution
from search.conflicts import Certainty, Conflict

__all__ = ["as_csv", "as_html", "as_values"]

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%;margin:.3rem 0 1.5rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #ddd}
th{font-weight:600}
td.n{text-align:right;font-variant-numeric:tabular-nums}
small{color:#555}
h2{margin:2rem 0 .3rem;font-size:1.15rem}
"""


def as_csv(pairs: Iterable[Pair]) -> str:
    """Lines of submission, reviewer, affinity, rank, bid and papers (ids, by what they add)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("submission", "reviewer", "affinity", "rank", "bid", "papers"))
    for pair in pairs:
        papers = pair.explanation.papers if pair.explanation else ()
        bid = "" if pair.bid is None else f"{pair.bid:g}"
        ids = " ".join(paper.paper for paper in papers)
        writer.writerow((pair.submission, pair.reviewer, f"{pair.affinity:.6f}", pair.rank, bid, ids))
    return out.getvalue()


def as_values(conference: Conference, solution: Solution, pairs: Sequence[Pair]) -> dict[str, Any]:
    """All of it in plain values, for JSON."""
    report = conference.report
    return {
        "objective": solution.objective.value,
        "total": solution.total,
        "lowest": solution.lowest,
        "bound": solution.bound,
        "gap": solution.gap,
        "finished": solution.finished,
        "seconds": solution.seconds,
        "checked": solution.check.broken,
        "pairs": [asdict(pair) for pair in pairs],
        "loads": dict(sorted(_loads(conference, solution).items())),
        "conflicts": [asdict(conflict) for conflict in report.conflicts],
        "unresolved": [asdict(one) for one in report.unresolved],
    }


def _loads(conference: Conference, solution: Solution) -> dict[str, int]:
    counts = np.bincount(solution.reviewer, minlength=len(conference.reviewers)).tolist()
    return {record.person.id: count for record, count in zip(conference.reviewers, counts, strict=True)}


def as_html(conference: Conference, solution: Solution, pairs: Sequence[Pair]) -> str:
    """A page without script or anything from elsewhere: the proof, every pair with its reason, what to look at."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reviewer assignment</title>',
        f"<style>{_STYLE}</style></head><body><h1>Reviewer assignment</h1>",
        _summary(conference, solution),
    ]
    of_submission: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_submission.setdefault(pair.submission, []).append(pair)
    names = {record.person.id: record.person.name for record in conference.reviewers}
    for record in conference.submissions:
        identifier = record.submission.id
        parts.append(f"<h2>{escape(identifier)}: {escape(record.title)}</h2>")
        rows = [_pair_row(pair, names.get(pair.reviewer)) for pair in of_submission.get(identifier, ())]
        parts.append(_table(("reviewer", "affinity", "rank", "because of"), rows))
    parts.append(_to_look_at(conference))
    parts.append("</body></html>\n")
    return "".join(parts)


def _summary(conference: Conference, solution: Solution) -> str:
    loads = Counter(_loads(conference, solution).values())
    kinds = Counter((c.kind.value, c.certainty.value) for c in conference.report.conflicts)
    rows = [
        ("objective", f"{solution.objective.value}: {solution.value:.4f}, at most {solution.bound:.4f} is possible"),
        ("gap", f"{100 * solution.gap:.3g} %" + ("" if solution.finished else ", stopped by the time limit")),
        ("lowest total affinity of a submission", f"{solution.lowest:.4f}"),
        (
            "rules checked afterwards",
            ", ".join(f"{rule}: {count} broken" for rule, count in solution.check.broken.items()),
        ),
        ("loads", ", ".join(f"{count} reviewers have {load}" for load, count in sorted(loads.items()))),
        ("conflicts", ", ".join(f"{count} {kind} ({sure})" for (kind, sure), count in sorted(kinds.items())) or "none"),
    ]
    return _table((), [(f"<th>{escape(name)}</th>", f"<td>{escape(text)}</td>") for name, text in rows])


def _pair_row(pair: Pair, name: Any) -> tuple[str, ...]:
    who = escape(pair.reviewer) if name is None else f"{escape(name.full)}<br><small>{escape(pair.reviewer)}</small>"
    bid = "" if pair.bid is None else f"bid {pair.bid:+g}<br>"
    why = "<br>".join(
        f"{escape(paper.title)} <small>{paper.year if paper.year > 0 else ''}, {100 * paper.share:.0f} %</small>"
        for paper in (pair.explanation.papers if pair.explanation else ())
    )
    return (
        f"<td>{who}</td>",
        f'<td class="n">{pair.affinity:.3f}</td>',
        f'<td class="n">{pair.rank}</td>',
        f"<td>{bid}{why or '<small>the score that was given</small>'}</td>",
    )


def _to_look_at(conference: Conference) -> str:
    report = conference.report
    heads: tuple[str, ...]
    uncertain: list[tuple[str, ...]] = [
        _cells(c.submission, c.reviewer, c.kind.value, c.author, _evidence(c)) for c in report.of(Certainty.UNCERTAIN)
    ]
    unknown: list[tuple[str, ...]] = [
        _cells(one.role, one.person, one.submission or "", ", ".join(one.candidates)) for one in report.unresolved
    ]
    made = ""
    if uncertain:
        heads = ("submission", "reviewer", "kind", "author", "evidence")
        made += "<h2>Uncertain conflicts: look at these</h2>" + _table(heads, uncertain)
    if unknown:
        heads = ("role", "person", "submission", "people of the collection with such a name")
        made += "<h2>People without a profile: checked by name and e-mail only</h2>" + _table(heads, unknown)
    return made


def _evidence(conflict: Conflict) -> str:
    years = {str(year) for year in (conflict.first, conflict.last) if year is not None}
    shown = [conflict.detail, ", ".join(conflict.papers[:3]), "-".join(sorted(years))]
    return "; ".join(text for text in shown if text)


def _cells(*texts: str) -> tuple[str, ...]:
    return tuple(f"<td>{escape(text)}</td>" for text in texts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"
