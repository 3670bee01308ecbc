"""Citations as pairs: one line a pair, the citing id, a tab, the cited id (.tsv, also compressed)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.sources.base import CitationLink, Item, Part, Rejection
from indexer.sources.common import reject
from indexer.sources.lines import file_parts, iter_lines
from records.errors import ExternalIdError
from records.ids import ExternalId, IdScheme

__all__ = ["CitationPairsReader"]

_VERSION = "citation-pairs-1"
_HEADERS = frozenset({"citing", "source", "from", "citing_id", "citing_paper_id"})


class CitationPairsReader:
    """Reader of citing/cited pairs.

    ``scheme`` says what the ids are: an identifier scheme ("acl"), so that links read ``acl:P18-1001`` and find papers
    of any source; or None, for paper ids of this same ``source`` and ids that carry their scheme (``doi:10.1000/182``).

    :raises ExternalIdError: when ``scheme`` is not one we know.
    """

    def __init__(self, source: str = "acl-citations", scheme: str | None = "acl") -> None:
        self.source = source
        self._scheme = None if scheme in {None, "", "none"} else _known(str(scheme))

    def parts(self, path: Path) -> Iterator[Part]:
        """One part a file.

        :raises SourceError: when there is no such file, or a folder without one.
        """
        return file_parts(path, (".tsv", ".txt"), f"{_VERSION} {self._scheme}", self._read)

    def _read(self, file: Path) -> Iterator[Item]:
        for found in iter_lines(file, file.name):
            if isinstance(found, Rejection):
                yield found
                continue
            number, raw = found
            text = raw.decode("utf-8")
            if text.startswith("#") or (number == 1 and text.partition("\t")[0].lower() in _HEADERS):
                continue
            link = self._link(text)
            yield link if isinstance(link, CitationLink) else reject(file.name, link, line=number, raw=raw)

    def _link(self, text: str) -> CitationLink | str:
        columns = [column.strip() for column in text.split("\t")]
        if len(columns) != 2 or not all(columns):
            return f"expected two columns, citing and cited, parted by one tab; found {len(columns)}"
        if "\x00" in text:
            return "the line holds a null character; the file is damaged or not text"
        try:
            citing, cited = map(self._end, columns)
        except ExternalIdError as error:
            return str(error)
        return f"{citing} cites itself" if citing == cited else CitationLink(citing, cited)

    def _end(self, text: str) -> str:
        if self._scheme is not None:
            return str(ExternalId.parse(text, self._scheme))
        prefix = text.partition(":")[0].lower()
        return str(ExternalId.parse(text, prefix)) if ":" in text and prefix in set(IdScheme) else text


def _known(scheme: str) -> IdScheme:
    try:
        return IdScheme(scheme)
    except ValueError:
        raise ExternalIdError(
            f"unknown identifier scheme {scheme[:40]!r}; known: none, {', '.join(IdScheme)}"
        ) from None
