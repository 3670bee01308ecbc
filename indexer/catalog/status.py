"""What the catalog says of itself."""

from __future__ import annotations

from pathlib import Path

from indexer.catalog.deriving import catalog_digest, last_derivation
from indexer.catalog.report import CatalogStatus, SourceStatus, StoredRejection
from indexer.sql import Connection, first, scalar

__all__ = ["read_rejections", "read_status"]


def read_status(con: Connection, path: Path) -> CatalogStatus:
    """Counts by source and, when the derivation is up to date, of what came of them."""
    base = CatalogStatus(
        path=str(path),
        bytes=sum(file.stat().st_size for file in (path, Path(f"{path}.wal")) if file.exists()),
        sources=_sources(con),
        source_papers=scalar(con, "SELECT count(*) FROM source_papers"),
        judgements=scalar(con, "SELECT count(*) FROM judgements"),
    )
    last = last_derivation(con)
    if last is None or last[0] != catalog_digest(con):
        return base
    report = last[1]
    row = first(
        con,
        """SELECT count(*) FILTER (members > 1), count(*) FILTER (abstract), count(*) FILTER (doi), min(year), max(year)
           FROM live_papers""",
    )
    merged, abstract, doi, earliest, latest = row or (0, 0, 0, None, None)
    return CatalogStatus(
        base.path,
        base.bytes,
        base.sources,
        base.source_papers,
        base.judgements,
        papers=report.papers,
        merged=merged,
        authors=report.authors,
        citations=report.citations,
        self_citations=report.self_citations,
        unresolved_citations=report.unresolved,
        with_abstract=abstract,
        with_doi=doi,
        first_year=earliest,
        last_year=latest,
    )


def _sources(con: Connection) -> tuple[SourceStatus, ...]:
    rows = con.execute(
        """WITH names AS (SELECT DISTINCT source FROM imports)
           SELECT n.source,
                  (SELECT count(*) FROM source_papers p WHERE p.source = n.source),
                  (SELECT count(*) FROM source_people p WHERE p.source = n.source),
                  (SELECT count(*) FROM (SELECT DISTINCT citing, cited FROM source_links l WHERE l.source = n.source)),
                  (SELECT count(*) FROM rejections r WHERE r.source = n.source),
                  (SELECT max(coalesce(i.finished, i.started)) FROM imports i WHERE i.source = n.source),
                  (SELECT bool_or(i.finished IS NULL) FROM imports i WHERE i.source = n.source)
           FROM names n ORDER BY n.source"""
    ).fetchall()
    return tuple(SourceStatus(*row) for row in rows)


def read_rejections(con: Connection, source: str | None, limit: int | None) -> list[StoredRejection]:
    """Rejections by source, input, part and line."""
    rows = con.execute(
        """SELECT source, input, part, line, reason, record, snippet, partial FROM rejections
           WHERE ? IS NULL OR source = ? ORDER BY source, input, part, line NULLS LAST, record, reason LIMIT ?""",
        [source, source, limit],
    ).fetchall()
    return [StoredRejection(*row) for row in rows]
