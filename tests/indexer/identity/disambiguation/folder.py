"""Identity benchmark folders, read without the evaluation room, and B-cubed by its definition."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

from indexer.identity.disambiguation import Mention, MentionPaper

__all__ = ["b3_f1", "read_folder"]


def read_folder(folder: Path) -> tuple[list[MentionPaper], list[Mention], list[str]]:
    """Papers, mentions and the true person of each mention."""
    with gzip.open(folder / "papers.jsonl.gz") as lines:
        read = [json.loads(line) for line in lines]
    papers = [
        MentionPaper(
            str(row["id"]), row["title"], row.get("abstract") or "", row.get("year"), row.get("venue") or "", (),
            tuple(author["name"] for author in row["authors"]), tuple(map(str, row["references"])),
        )
        for row in read
    ]  # fmt: skip
    with gzip.open(folder / "signatures.jsonl.gz") as lines:
        rows = [json.loads(line) for line in lines]
    mentions = [Mention(r["signature"], r["block"], r["name"], str(r["paper"]), r["affiliation"] or "") for r in rows]
    table = (line.split("\t") for line in (folder / "labels.tsv").read_text(encoding="utf-8").splitlines())
    person = {row[0]: row[3] for row in table}
    return papers, mentions, [person[mention.id] for mention in mentions]


def b3_f1(truth: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """B-cubed F1 (Bagga and Baldwin, 1998): precision and recall of each mention's cluster, averaged over mentions."""
    both, true, clusters = Counter(zip(truth, found, strict=True)), Counter(truth), Counter(found)
    pairs = list(zip(truth, found, strict=True))
    precision = sum(both[pair] / clusters[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / true[pair[0]] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)
