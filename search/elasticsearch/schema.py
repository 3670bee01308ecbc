"""The indices of a generation: their templates, their fields, and how papers, people and venues become documents.

Text is analysed by :mod:`search.text` before it is sent, stemming included: a server's own Snowball stemmer depends on
its version, and an index must not. What the server does is to split at spaces and, in English fields, to leave a gap
where :data:`STOPPED` stands for a stopword.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from records.errors import EngineError
from records.paper import Authorship
from search.document import keyword_term, keyword_values, name_forms, number_values, sort_date, text_values
from search.engine import KEYWORD_FACETS, AuthorDocument, PaperDocument, Vectors
from search.plan import ENGLISH_FIELDS
from search.query.ast import KeywordField, NumberField, TextField
from search.text import STOPWORDS, prepare, stem

__all__ = [
    "ARRAYS",
    "AUTHORS",
    "DATE",
    "DOCUMENT",
    "LOOKUP",
    "ORD",
    "PAPERS",
    "ROOMS",
    "SCHEMA_VERSION",
    "STOPPED",
    "STORED_VECTOR",
    "VECTOR",
    "VECTOR_DIGEST",
    "VOCABULARY",
    "author_source",
    "document_id",
    "english",
    "keyword_field",
    "number_fields",
    "paper_properties",
    "paper_source",
    "redirect_id",
    "redirect_source",
    "stored_vector",
    "template",
    "unit",
    "vector_digest",
    "vectors_of",
    "venue_source",
]

SCHEMA_VERSION = 2
"""Of fields and templates; a reader opens only its own."""

PAPERS, AUTHORS, LOOKUP, ARRAYS = "papers", "authors", "lookup", "arrays"
ROOMS = (PAPERS, AUTHORS, LOOKUP, ARRAYS)
"""The indices of a generation: papers, people, venues and redirects, and chunks of arrays."""

ORD = "ord"
"""The paper's position in ascending order of id: unique, so every order ends with it."""

DATE = "date"
"""See :func:`search.document.sort_date`."""

VOCABULARY = "words"
"""Whole words (not stemmed) of title and abstract: what a prefix stands for, and what is suggested."""

VECTOR, STORED_VECTOR = "vector", "v"
"""What neighbours are sought in, and the same in 16 bits to give back (:func:`stored_vector`): a column, which is read
several times as fast as stored documents are.
"""

VECTOR_DIGEST = "vd"
"""A digest of the stored vector: says whether an interrupted load had sent the same one."""

DOCUMENT = "doc"
"""The stored document, as JSON that is not indexed. With :data:`VECTOR_DIGEST` it is all that ``_source`` keeps."""

STOPPED = "_"
"""Stands for a stopword in prepared text. No word has this character."""

_ENGLISH, _WORDS = "scholar_english", "scholar_words"
_DECIMALS = 7  # of a component: what 32 bits hold, in half the digits that 64 bits would be written with
_LONGEST_ID = 512  # bytes; the server refuses longer ones
_STOPWORDS = frozenset(STOPWORDS)
_POSITIONLESS = frozenset((TextField.TEXT,))  # phrases are looked up in title and abstract

_ANALYSIS: Mapping[str, Any] = {
    "analyzer": {
        _ENGLISH: {"type": "custom", "tokenizer": "whitespace", "filter": ["scholar_gap"]},
        _WORDS: {"type": "custom", "tokenizer": "whitespace"},
    },
    "filter": {"scholar_gap": {"type": "stop", "stopwords": [STOPPED]}},
}


def keyword_field(field: KeywordField) -> str:
    """The index field of exact values (a dot would be read as a path into an object)."""
    return "k_" + field.value.replace(".", "_")


def number_fields(metrics: Sequence[str]) -> dict[str, str]:
    """Index fields of numbers by the name queries use; metric names need not be valid field names."""
    names = dict.fromkeys((*(field.value for field in NumberField), *metrics))
    return {name: f"n_{position}" for position, name in enumerate(names)}


def english(text: str) -> str:
    """``text`` as it is sent for title and abstract: its stems in order, :data:`STOPPED` for each stopword."""
    return _stems(prepare(text))


def _stems(prepared: str) -> str:
    return " ".join([STOPPED if word in _STOPWORDS else stem(word) for word in prepared.split(" ")])


def document_id(identifier: str) -> str | None:
    """The ``_id`` of what has this id: the id, or a digest behind its start when it is too long for the server.

    None for what no stored document can have: nothing, or text that is no Unicode.
    """
    try:
        encoded = identifier.encode()
    except UnicodeEncodeError:
        return None
    if len(encoded) <= _LONGEST_ID:
        return identifier or None
    digest = hashlib.blake2b(encoded, digest_size=16).hexdigest()
    return f"{encoded[: _LONGEST_ID - 40].decode(errors='ignore')}…{digest}"


def template(room: str, prefix: str) -> dict[str, Any]:
    """The index template of a room: analysis, and every field that does not depend on the generation."""
    properties = {PAPERS: _PAPER_FIELDS, AUTHORS: _AUTHOR_FIELDS, LOOKUP: _LOOKUP_FIELDS, ARRAYS: _ARRAY_FIELDS}[room]
    return {
        "index_patterns": [f"{prefix}-{room}-*"],
        "version": SCHEMA_VERSION,
        "priority": 500,
        # A write to a generation that was dropped is an error, it does not bring back an index without our mappings.
        "allow_auto_create": False,
        "_meta": {"owner": "scholarcore"},
        "template": {
            "settings": {
                "analysis": _ANALYSIS,
                # Not best_compression: ten stored papers would take seven times as long to unpack (20 ms, measured
                # with other work on the machine), for a tenth less of the index.
                "codec": "default",
                "mapping.nested_objects.limit": 100_000,
                "mapping.total_fields.limit": 2_000,
                "merge.policy.expunge_deletes_allowed": 0,
            },
            "mappings": {"dynamic": "strict", "_source": _SOURCE.get(room, {}), "properties": properties},
        },
    }


def paper_properties(metrics: Sequence[str], dimension: int, vector_index: str) -> dict[str, Any]:
    """The fields of the papers index that depend on the generation: its numbers and its vectors.

    Vectors have unit length, so their dot product is the cosine.
    """
    numbers = number_fields(metrics)
    core = {field.value for field in NumberField}
    # Metrics are columns only; the few numbers that most filters are about are indexed for ranges, too.
    properties: dict[str, Any] = {field: _number(indexed=name in core) for name, field in numbers.items()}
    if dimension:
        properties[VECTOR] = {
            "type": "dense_vector",
            "dims": dimension,
            "index": True,
            "similarity": "dot_product",
            "index_options": {"type": vector_index},
        }
    return properties


def _text(analyzer: str, **options: Any) -> dict[str, Any]:
    return {"type": "text", "analyzer": analyzer, **options}


def _number(*, indexed: bool) -> dict[str, Any]:
    return {"type": "double", "index": indexed}


def _keyword(*, counted: bool = False) -> dict[str, Any]:
    return {"type": "keyword", "doc_values": counted}


_STORED = {"type": "object", "enabled": False}
_SOURCE = {
    PAPERS: {"includes": [DOCUMENT, f"{DOCUMENT}.*", VECTOR_DIGEST]},
    AUTHORS: {"includes": [DOCUMENT, f"{DOCUMENT}.*"]},
    LOOKUP: {"includes": [DOCUMENT, f"{DOCUMENT}.*"]},
}

_PAPER_FIELDS: dict[str, Any] = {
    ORD: {"type": "long"},
    DATE: {"type": "long"},
    **{
        field.value: _text(
            _ENGLISH if field in ENGLISH_FIELDS else _WORDS,
            index_options="freqs" if field in _POSITIONLESS else "positions",
        )
        for field in TextField
    },
    VOCABULARY: _keyword(counted=True),
    **{
        keyword_field(field): _keyword(counted=field in KEYWORD_FACETS or field is KeywordField.ID)
        for field in KeywordField
        if field is not KeywordField.CITED_BY
    },
    "authorships": {
        "type": "nested",
        "dynamic": "strict",
        "properties": {
            "position": {"type": "integer"},
            "author_id": _keyword(counted=True),
            "institution_id": _keyword(counted=True),
            "country": _keyword(counted=True),
        },
    },
    STORED_VECTOR: {"type": "binary", "doc_values": True},
    VECTOR_DIGEST: {"type": "keyword", "index": False, "doc_values": False},
    DOCUMENT: _STORED,
}

_AUTHOR_FIELDS: dict[str, Any] = {
    "author_id": _keyword(counted=True),
    "papers": {"type": "long"},
    # Nested, so that the words of two printings never mix.
    "names": {
        "type": "nested",
        "dynamic": "strict",
        "properties": {"name": _text(_WORDS, index_options="docs", norms=False)},
    },
    DOCUMENT: _STORED,
}

_LOOKUP_FIELDS: dict[str, Any] = {
    "kind": _keyword(),  # "venue", "redirect"
    "venue_id": _keyword(),
    "venue": _text(_WORDS, index_options="docs", norms=False),
    "label": _keyword(counted=True),  # the venue's name, to order by
    "papers": {"type": "long"},
    DOCUMENT: _STORED,
}

_ARRAY_FIELDS: dict[str, Any] = {"data": {"type": "binary"}}

_encode = msgspec.json.Encoder().encode


def paper_source(
    source: PaperDocument, position: int, numbers: Mapping[str, str], vector: Vectors | None = None
) -> bytes:
    """The JSON to send for the paper at ``position``, with ``numbers`` of :func:`number_fields`.

    ``vector`` is a row of :func:`unit`.

    :raises EngineError: when one of its numbers is infinite.
    """
    paper = source.paper
    made: dict[str, Any] = {ORD: position}
    prepared: dict[str, str] = {}  # title and abstract are in several fields
    stemmed: dict[str, str] = {}
    for field, texts in text_values(paper).items():
        if field in ENGLISH_FIELDS:
            for text in texts:
                if text not in stemmed:
                    prepared[text] = prepare(text)
                    stemmed[text] = _stems(prepared[text])
            made[field.value] = [stemmed[text] for text in texts]
        else:
            made[field.value] = [prepare(text) for text in texts]
    made[VOCABULARY] = list(dict.fromkeys(" ".join(prepared.values()).split()))
    for keyword, values in keyword_values(paper).items():
        made[keyword_field(keyword)] = [keyword_term(value) for value in values]
    for number, amount in number_values(source, numbers).items():
        if math.isinf(amount):
            raise EngineError(f"{number} of the paper {paper.id!r} is infinite; no index can hold that")
        made[numbers[number]] = amount
    date = sort_date(paper)
    if date is not None:
        made[DATE] = date
    made["authorships"] = [_authorship(authorship) for authorship in paper.authorships]
    if vector is not None:
        made[VECTOR] = np.round(vector.astype(np.float64), _DECIMALS).tolist()
        made[STORED_VECTOR] = stored_vector(vector)
        made[VECTOR_DIGEST] = vector_digest(made[STORED_VECTOR])
    made[DOCUMENT] = source
    return _encode({name: value for name, value in made.items() if value != []})


def _authorship(authorship: Authorship) -> dict[str, Any]:
    affiliations = authorship.affiliations
    values: dict[str, Any] = {
        "author_id": authorship.author_id and keyword_term(authorship.author_id),
        "institution_id": [keyword_term(a.institution_id) for a in affiliations if a.institution_id],
        "country": [keyword_term(a.country) for a in affiliations if a.country],
    }
    return {"position": authorship.position, **{name: value for name, value in values.items() if value}}


def unit(vectors: Vectors) -> Vectors:
    """Rows brought to unit length as exactly as the server wants it; they are so within a hundredth before."""
    scaled: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def stored_vector(vector: Vectors) -> str:
    """A vector as little-endian 16-bit floats in base64."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def vector_digest(stored: str) -> str:
    """64 bits that tell a stored vector from another."""
    return hashlib.blake2b(stored.encode("ascii"), digest_size=8).hexdigest()


def vectors_of(stored: Sequence[str]) -> Vectors:
    """What :func:`stored_vector` kept of one or more vectors, shape (len(stored), dimension)."""
    packed = b"".join(map(base64.b64decode, stored))
    return np.frombuffer(packed, dtype="<f2").reshape(len(stored), -1).astype(np.float32)


def author_source(source: AuthorDocument) -> bytes:
    """The JSON to send for a person. Every printing of a name is an entry of its own."""
    author = source.author
    forms = dict.fromkeys(prepare(form) for name in (author.name, *author.variants) for form in name_forms(name))
    return _encode(
        {
            "author_id": keyword_term(author.id),
            "papers": author.papers,
            "names": [{"name": form} for form in forms if form],
            DOCUMENT: source,
        }
    )


def venue_source(venue_id: str | None, name: str, papers: int) -> bytes:
    """The JSON to send for a venue."""
    identity = {"venue_id": keyword_term(venue_id)} if venue_id else {}
    stored = {"id": venue_id, "name": name, "papers": papers}
    label = keyword_term(name)
    return _encode(
        {"kind": "venue", **identity, "venue": prepare(name), "label": label, "papers": papers, DOCUMENT: stored}
    )


def redirect_source(live: str) -> bytes:
    """The JSON to send for an id that was merged into ``live``."""
    return _encode({"kind": "redirect", DOCUMENT: {"to": live}})


def redirect_id(kind: str, identifier: str) -> str | None:
    """The ``_id`` of the redirect of a "paper" or an "author"."""
    return document_id(f"{kind}:{identifier}") if identifier else None
