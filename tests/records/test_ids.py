"""External ids: what is read, what is refused, and that normal forms stay put."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import ExternalIdError
from records.ids import (
    INSTITUTION_SCHEMES,
    PAPER_SCHEMES,
    PERSON_SCHEMES,
    VENUE_SCHEMES,
    ExternalId,
    IdKind,
    IdScheme,
)

READ = [
    ("doi:10.1/x", "doi:10.1/x"),
    ("10.1000/ABC.Def", "doi:10.1000/abc.def"),
    ("https://doi.org/10.18653/v1/P18-1001", "doi:10.18653/v1/p18-1001"),
    ("http://dx.doi.org/10.1000/a%3Fb%23c", "doi:10.1000/a?b#c"),
    ("DOI: 10.1000/182.", "doi:10.1000/182"),
    ("doi:https://doi.org/10.1000/182", "doi:10.1000/182"),
    ("10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O", None),
    ("2101.00001v2", "arxiv:2101.00001"),
    ("arXiv:0704.0001", "arxiv:0704.0001"),
    ("1412.9999", "arxiv:1412.9999"),
    ("math.GT/0309136v1", "arxiv:math/0309136"),
    ("hep-th/9901001", "arxiv:hep-th/9901001"),
    ("https://arxiv.org/abs/2101.00001v3", "arxiv:2101.00001"),
    ("https://arxiv.org/pdf/math/0309136.pdf", "arxiv:math/0309136"),
    ("W2741809807", "openalex:W2741809807"),
    ("https://openalex.org/a5023888391", "openalex:A5023888391"),
    ("https://api.openalex.org/works/W2741809807", "openalex:W2741809807"),
    ("conf/acl/Knuth01", "dblp:conf/acl/Knuth01"),
    ("DBLP:journals/cacm/Knuth74a", "dblp:journals/cacm/Knuth74a"),
    ("dblp:65/9612", "dblp:pid/65/9612"),
    ("https://dblp.org/pid/65/9612.html", "dblp:pid/65/9612"),
    ("https://dblp.uni-trier.de/rec/conf/acl/Knuth01", "dblp:conf/acl/Knuth01"),
    ("P18-1001", "acl:P18-1001"),
    ("w18-5001", "acl:W18-5001"),
    ("2020.ACL-main.1", "acl:2020.acl-main.1"),
    ("https://aclanthology.org/2020.acl-main.1/", "acl:2020.acl-main.1"),
    ("https://www.aclweb.org/anthology/P18-1001.pdf", "acl:P18-1001"),
    ("pmid:012345", "pmid:12345"),
    ("https://pubmed.ncbi.nlm.nih.gov/12345/", "pmid:12345"),
    ("0000-0002-1825-0097", "orcid:0000-0002-1825-0097"),
    ("https://orcid.org/0000-0002-1694-233x", "orcid:0000-0002-1694-233X"),
    ("0378-5955", "issn:0378-5955"),
    ("ISSN 2434-561x", "issn:2434-561X"),
    ("urn:issn:0378-5955", "issn:0378-5955"),
    ("ISBN-13: 978-3-16-148410-0", "isbn:9783161484100"),
    ("0-306-40615-2", "isbn:9780306406157"),
    ("isbn:0-8044-2957-X", "isbn:9780804429573"),
    ("https://ror.org/02mhbdp94", "ror:02mhbdp94"),
    ("05DXPS055", "ror:05dxps055"),
]


@pytest.mark.parametrize(("text", "normal"), READ)
def test_reads_what_people_write(text: str, normal: str | None) -> None:
    assert str(ExternalId.parse(text)) == (normal or f"doi:{text.lower()}")


REFUSED = [
    ("", None, "empty"),
    ("   ", None, "empty"),
    ("something", None, "no identifier scheme fits"),
    ("12345", None, "needs its prefix"),
    ("10.1000", "doi", "one looks like 10.1000/182"),
    ("10.1000/with space", "doi", "not a valid doi"),
    ("10.1000/nul\x00", "doi", "not a valid doi"),
    ("2113.00001", "arxiv", "not a valid arxiv"),
    ("2101.0001", "arxiv", "not a valid arxiv"),
    ("0703.0001", "arxiv", "not a valid arxiv"),
    ("1412.99999", "arxiv", "not a valid arxiv"),
    ("X123", "openalex", "not a valid openalex"),
    ("P18-1", "acl", "not a valid acl"),
    ("P18-1001x", "acl", "not a valid acl"),
    ("123456789", "pmid", "one to eight digits"),
    ("0000-0002-1825-0098", None, "checksum"),
    ("0000-0002-1825-009", "orcid", "checksum"),
    ("0378-5954", None, "checksum"),
    ("978-3-16-148410-1", "isbn", "checksum"),
    ("0-306-40615-3", "isbn", "checksum"),
    ("05dxps056", None, "checksum"),
    ("http://example.org/10.1/x", None, "known hosts"),
    ("https://orcid.org/0000-0002-1825-0097", "doi", "not a URL of doi"),
    ("http://[::1", None, "URL that can be read"),
    ("https://doi.org/", None, "no doi identifier in the URL"),
    ("\u0660\u0661\u0662", "pmid", "not a valid pmid"),  # Arabic-Indic digits are digits, not PMIDs
    ("doi:10.1/x", "orcid", "not a valid orcid"),
]


@pytest.mark.parametrize(("text", "scheme", "reason"), REFUSED)
def test_refuses_with_a_reason(text: str, scheme: str | None, reason: str) -> None:
    with pytest.raises(ExternalIdError, match=reason):
        ExternalId.parse(text, scheme)
    assert ExternalId.try_parse(text, scheme) is None


def test_an_unknown_scheme_is_an_error_even_when_trying() -> None:
    with pytest.raises(ExternalIdError, match="unknown identifier scheme 'hdl'; known: doi"):
        ExternalId.try_parse("1/2", "hdl")


def _orcid(first15: str) -> str:
    """ISO 7064 mod 11-2 by its definition: the sum of digits times powers of two is 1 mod 11."""
    for check in "0123456789X":
        digits = [*map(int, first15), 10 if check == "X" else int(check)]
        if sum(digit * 2 ** (15 - index) for index, digit in enumerate(digits)) % 11 == 1:
            text = first15 + check
            return "-".join(text[at : at + 4] for at in range(0, 16, 4))
    raise AssertionError(first15)


def _issn(first7: str) -> str:
    for check in "0123456789X":
        digits = [*map(int, first7), 10 if check == "X" else int(check)]
        if sum(digit * (8 - index) for index, digit in enumerate(digits)) % 11 == 0:
            return f"{first7[:4]}-{first7[4:]}{check}"
    raise AssertionError(first7)


def _ror(six: str) -> str:
    """ISO 7064 mod 97-10 over the number that the base-32 digits write: number and check together are 1 mod 97."""
    number = 0
    for char in six:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(char)
    check = next(check for check in range(2, 99) if (number * 100 + check) % 97 == 1)
    return f"0{six}{check:02d}"


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


_SUFFIX = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
VALID: dict[IdScheme, st.SearchStrategy[str]] = {
    IdScheme.DOI: st.builds("10.{}/{}x".format, st.integers(1000, 99999), _SUFFIX),
    IdScheme.ARXIV: st.one_of(
        st.builds("{}{:02d}.{:05d}".format, st.integers(15, 99), st.integers(1, 12), st.integers(0, 99999)),
        st.builds("math.AG/0{}{:02d}{:03d}v2".format, st.integers(0, 7), st.integers(1, 12), st.integers(0, 999)),
    ),
    IdScheme.OPENALEX: st.builds("{}{}".format, st.sampled_from("WASITwasit"), st.integers(10, 10**10)),
    IdScheme.DBLP: st.one_of(
        st.builds(
            "conf/{}/{}".format, st.text(string.ascii_lowercase, min_size=1), st.text(string.ascii_letters, min_size=1)
        ),
        st.builds("{}/{}".format, st.integers(0, 999), st.integers(0, 9999)),
    ),
    IdScheme.ACL: st.one_of(
        st.builds(
            "{}{:02d}-{:04d}".format, st.sampled_from(string.ascii_letters), st.integers(0, 99), st.integers(0, 9999)
        ),
        st.builds("{}.acl-long.{}".format, st.integers(2020, 2030), st.integers(0, 2000)),
    ),
    IdScheme.PMID: st.integers(1, 99_999_999).map(str),
    IdScheme.ORCID: _digits(15).map(_orcid),
    IdScheme.ISSN: _digits(7).map(_issn),
    IdScheme.ROR: st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=6, max_size=6).map(_ror),
    IdScheme.ISBN: _digits(9).map(
        lambda nine: "978" + nine + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate("978" + nine)) % 10)
    ),
}


def test_every_scheme_has_valid_samples() -> None:
    assert set(VALID) == set(IdScheme)


@given(st.sampled_from(IdScheme).flatmap(lambda scheme: st.tuples(st.just(scheme), VALID[scheme])))
def test_normal_forms_are_stable_and_round_trip(sample: tuple[IdScheme, str]) -> None:
    scheme, text = sample
    parsed = ExternalId.parse(text, scheme)
    assert parsed.scheme is scheme
    assert ExternalId.parse(parsed.value, scheme) == parsed
    assert ExternalId.parse(str(parsed)) == parsed
    assert ExternalId.parse(f"  {scheme.value.upper()}: {text} ") == parsed
    if parsed.url:
        assert ExternalId.parse(parsed.url) == parsed


@given(st.sampled_from([IdScheme.ORCID, IdScheme.ISSN, IdScheme.ISBN, IdScheme.ROR]), st.data())
def test_a_changed_last_digit_is_caught(scheme: IdScheme, data: st.DataObject) -> None:
    text = data.draw(VALID[scheme])
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[-1]]))
    with pytest.raises(ExternalIdError):
        ExternalId.parse(text[:-1] + other, scheme)


@given(st.text(max_size=60), st.none() | st.sampled_from(IdScheme))
def test_any_text_is_read_or_refused(text: str, scheme: IdScheme | None) -> None:
    parsed = ExternalId.try_parse(text, scheme)
    if parsed is not None:
        assert ExternalId.parse(str(parsed)) == parsed
        assert parsed.value.isprintable()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("10.1/x", IdKind.PAPER),
        ("openalex:W12", IdKind.PAPER),
        ("openalex:A12", IdKind.PERSON),
        ("openalex:S12", IdKind.VENUE),
        ("openalex:I12", IdKind.INSTITUTION),
        ("openalex:T12", IdKind.TOPIC),
        ("openalex:P12", IdKind.OTHER),
        ("dblp:pid/65/9612", IdKind.PERSON),
        ("dblp:streams/conf/acl", IdKind.VENUE),
        ("dblp:conf/acl/X01", IdKind.PAPER),
        ("orcid:0000-0002-1825-0097", IdKind.PERSON),
        ("issn:0378-5955", IdKind.VENUE),
        ("ror:05dxps055", IdKind.INSTITUTION),
    ],
)
def test_kind_says_what_an_id_names(text: str, kind: IdKind) -> None:
    parsed = ExternalId.parse(text)
    assert parsed.kind is kind
    sets = {
        IdKind.PAPER: PAPER_SCHEMES,
        IdKind.PERSON: PERSON_SCHEMES,
        IdKind.VENUE: VENUE_SCHEMES,
        IdKind.INSTITUTION: INSTITUTION_SCHEMES,
    }
    assert parsed.scheme in sets.get(kind, set(IdScheme))


def test_equivalents_follow_from_the_id_alone() -> None:
    arxiv = ExternalId.parse("arxiv:2101.00001")
    doi = ExternalId.parse("10.48550/arXiv.2101.00001")
    assert arxiv.equivalents() == (doi,)
    assert doi.equivalents() == (arxiv,)
    assert ExternalId.parse("10.18653/v1/P18-1001").equivalents() == (ExternalId.parse("P18-1001"),)
    assert ExternalId.parse("10.18653/v1/2020.acl-main.1").equivalents() == (ExternalId.parse("2020.acl-main.1"),)
    assert ExternalId.parse("10.18653/v1/W18-01").equivalents() == ()  # a volume
    assert ExternalId.parse("10.1000/182").equivalents() == ()
