"""The catalog's tables, and opening the file that holds them.

Tables called ``source_*`` hold what each source said, exactly; tables called ``live_*`` are derived from them by
:mod:`indexer.catalog.derive` and can be thrown away. ``seq`` numbers source papers densely in the order they were first
imported and never changes; ``position`` numbers live papers in ascending order of id.

``source_papers`` carries no index or constraint: DuckDB joins a batch against a column of 64-bit keys faster than it
keeps an index of millions of strings, and the importer is the only writer.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from indexer.sql import Connection, in_transaction, scalar
from records.errors import CatalogError, CatalogLockedError

__all__ = ["SCHEMA_VERSION", "open_database"]

SCHEMA_VERSION = 1

_MAGIC = "scholarcore-catalog"

_TABLES = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);

CREATE TABLE imports (
    id INTEGER, source VARCHAR, input VARCHAR, started VARCHAR, finished VARCHAR,
    new BIGINT, updated BIGINT, unchanged BIGINT, people BIGINT, links BIGINT, rejected BIGINT, partial BIGINT
);
CREATE TABLE parts (source VARCHAR, input VARCHAR, name VARCHAR, digest VARCHAR, done BOOLEAN);
CREATE TABLE import_seen (source VARCHAR, person BOOLEAN, key UBIGINT, input VARCHAR, part VARCHAR);

CREATE TABLE source_papers (
    seq INTEGER, source VARCHAR, source_id VARCHAR, key UBIGINT, content UBIGINT, input VARCHAR, part VARCHAR,
    title_hash UBIGINT, title_weak BOOLEAN, year SMALLINT, first_family UBIGINT, byline UBIGINT, first_page VARCHAR,
    authors INTEGER, venue VARCHAR, topic VARCHAR, abstract BOOLEAN, record VARCHAR
);
CREATE TABLE paper_ids (seq INTEGER, scheme VARCHAR, value VARCHAR);
CREATE TABLE paper_references (seq INTEGER, target VARCHAR, external VARCHAR);
CREATE TABLE authorships (
    seq INTEGER, place INTEGER, author_id VARCHAR,
    family VARCHAR, given VARCHAR, particle VARCHAR, suffix VARCHAR, native VARCHAR,
    name_key UBIGINT, family_key UBIGINT, full_name BOOLEAN
);
CREATE TABLE authorship_ids (seq INTEGER, place INTEGER, scheme VARCHAR, value VARCHAR);
CREATE TABLE affiliations (seq INTEGER, place INTEGER, text VARCHAR, institution_id VARCHAR, country VARCHAR);

CREATE TABLE source_people (
    seq INTEGER, source VARCHAR, source_id VARCHAR, key UBIGINT, content UBIGINT, input VARCHAR, part VARCHAR,
    record VARCHAR
);
CREATE TABLE person_names (
    seq INTEGER, canonical BOOLEAN,
    family VARCHAR, given VARCHAR, particle VARCHAR, suffix VARCHAR, native VARCHAR,
    name_key UBIGINT, family_key UBIGINT, full_name BOOLEAN
);
CREATE TABLE person_ids (seq INTEGER, scheme VARCHAR, value VARCHAR);
CREATE TABLE person_affiliations (seq INTEGER, text VARCHAR);
CREATE TABLE person_distinct (seq INTEGER, other VARCHAR);

CREATE TABLE source_links (
    source VARCHAR, input VARCHAR, part VARCHAR, citing VARCHAR, citing_external VARCHAR, cited VARCHAR,
    cited_external VARCHAR
);
CREATE TABLE rejections (
    source VARCHAR, input VARCHAR, part VARCHAR, line BIGINT, reason VARCHAR, record VARCHAR, snippet VARCHAR,
    partial BOOLEAN
);

CREATE TABLE judgements (
    number INTEGER, verdict VARCHAR, a VARCHAR, b VARCHAR, a_seq INTEGER, a_place INTEGER, b_seq INTEGER,
    b_place INTEGER, undoes INTEGER, who VARCHAR, why VARCHAR, made VARCHAR
);
CREATE TABLE issued_authors (id VARCHAR, seq INTEGER, place INTEGER, name_key UBIGINT);
"""


def open_database(path: Path, *, read_only: bool, memory: str) -> Connection:
    """Connect to the catalog at ``path``; unless ``read_only``, a missing file is created with empty tables.

    :raises CatalogLockedError: when another process holds the file.
    :raises CatalogError: when the file is not a catalog, or of a newer version.
    """
    if read_only and not path.exists():
        raise CatalogError(f"there is no catalog at {path}; import something first: scholarcore import SOURCE PATH")
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(f"cannot create the folder of the catalog {path}: {error}") from error
    try:
        con = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise _refusal(path, error) from error
    try:
        _prepare(con, path, memory)
        _check(con, path, read_only=read_only)
    except BaseException:
        con.close()
        raise
    return con


def _refusal(path: Path, error: duckdb.Error) -> CatalogError:
    message = str(error)
    if "Could not set lock" in message or "different configuration" in message:
        holder = message.partition("(PID ")[2].partition(")")[0]
        who = f" (process {holder})" if holder else ""
        return CatalogLockedError(
            f"the catalog {path} is in use{who}: an import, a build or a curation is running; wait until it ends"
        )
    if "not a valid DuckDB database" in message:
        return CatalogError(f"{path} is not a catalog; name another data folder or move that file away")
    return CatalogError(f"cannot open the catalog {path}: {message}")


def _prepare(con: Connection, path: Path, memory: str) -> None:
    scratch = f"{path}.scratch"
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute(f"SET temp_directory = '{scratch.replace(chr(39), chr(39) * 2)}'")
    # Order is asked for where it matters; without this, big loads hold everything until the end.
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET checkpoint_threshold = '256MB'")


def _check(con: Connection, path: Path, *, read_only: bool) -> None:
    names = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not names and not read_only:
        with in_transaction(con):
            con.execute(_TABLES)
            con.execute("INSERT INTO meta VALUES ('format', ?), ('schema_version', ?)", [_MAGIC, str(SCHEMA_VERSION)])
        return
    if "meta" not in names or scalar(con, "SELECT value FROM meta WHERE key = 'format'") != _MAGIC:
        raise CatalogError(f"{path} is a DuckDB file but not a catalog; name another data folder")
    version = int(scalar(con, "SELECT value FROM meta WHERE key = 'schema_version'"))
    if version != SCHEMA_VERSION:
        raise CatalogError(
            f"the catalog {path} has schema version {version}, this program reads {SCHEMA_VERSION}; "
            "use the version of ScholarCore that wrote it, or import again into a new data folder"
        )
