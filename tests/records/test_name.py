"""Names: reading, showing, and the comparison that proposes candidates."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import PersonalNameError
from records.name import Name

PARSED = [
    # text, given, particle, family, suffix
    ("Donald E. Knuth", "Donald E.", "", "Knuth", ""),
    ("Knuth, Donald E.", "Donald E.", "", "Knuth", ""),
    ("J.R.R. Tolkien", "J.R.R.", "", "Tolkien", ""),
    ("Tolkien, J. R. R.", "J. R. R.", "", "Tolkien", ""),
    ("Smith J", "J", "", "Smith", ""),
    ("Smith JK", "JK", "", "Smith", ""),
    ("WANG Wei", "Wei", "", "WANG", ""),
    ("Wei WANG", "Wei", "", "WANG", ""),
    ("LI Wei", "Wei", "", "LI", ""),
    ("JOHN SMITH", "JOHN", "", "SMITH", ""),
    ("Ludwig van Beethoven", "Ludwig", "van", "Beethoven", ""),
    ("van der Berg, Jan", "Jan", "van der", "Berg", ""),
    ("de la Cruz, Maria", "Maria", "de la", "Cruz", ""),
    ("Martin Luther King, Jr.", "Martin Luther", "", "King", "Jr."),
    ("King, Martin Luther, Jr.", "Martin Luther", "", "King", "Jr."),
    ("King, Jr., Martin Luther", "Martin Luther", "", "King", "Jr."),
    ("Oscar de la Hoya III", "Oscar", "de la", "Hoya", "III"),
    ("Dr. Jane Smith PhD", "Jane", "", "Smith", ""),
    ("Md. Rahman", "Md.", "", "Rahman", ""),
    ("Mohiuddin, Md.", "Md.", "", "Mohiuddin", ""),
    ("Luz de Araujo, Pedro Henrique", "Pedro Henrique", "", "Luz de Araujo", ""),
    ("Éric Villemonte De La Clergerie", "Éric Villemonte", "", "De La Clergerie", ""),
    ("Smith, Dr. Jane, Ph.D.", "Jane", "", "Smith", ""),
    ("King, Martin Luther Jr.", "Martin Luther", "", "King", "Jr."),
    ("MD Rahman", "MD", "", "Rahman", ""),
    ("Jean-Pierre Dupont", "Jean-Pierre", "", "Dupont", ""),
    ("D'Angelo, Mark", "Mark", "", "D'Angelo", ""),
    ('Robert "Bob" Jones', "Robert (Bob)", "", "Jones", ""),
    ("Ma, Do", "Do", "", "Ma", ""),  # neither is a degree
    ("Li, Anh Do", "Anh Do", "", "Li", ""),
    ("Jane Smith, Ph.D.", "Jane", "", "Smith", ""),
    ("Plato", "", "", "Plato", ""),
    ("Ma", "", "", "Ma", ""),
    ("Пушкин, Александр", "Александр", "", "Пушкин", ""),
    ("  Ada \t Lovelace ", "Ada", "", "Lovelace", ""),
]


@pytest.mark.parametrize(("text", "given_name", "particle", "family", "suffix"), PARSED)
def test_parses_free_text(text: str, given_name: str, particle: str, family: str, suffix: str) -> None:
    name = Name.parse(text)
    assert (name.given, name.particle, name.family, name.suffix) == (given_name, particle, family, suffix)


@pytest.mark.parametrize(
    ("text", "given_name", "family"),
    [
        ("丁佳玙", "佳玙", "丁"),
        ("欧阳修", "修", "欧阳"),
        ("山田 太郎", "太郎", "山田"),
        ("山田太郎", "", "山田太郎"),  # no space, no telling where a Japanese name divides
        ("김민수", "민수", "김"),
        ("董, 凌", "凌", "董"),
    ],
)
def test_cjk_script_is_family_name_first(text: str, given_name: str, family: str) -> None:
    name = Name.parse(text)
    assert (name.given, name.family) == (given_name, family)
    assert name.native == name.full == text.replace(" ", "").replace(",", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no letter|needs a letter"),
        ("  ,; ", "needs a letter"),
        ("123", "needs a letter"),
        ("A\x00b", "null character"),
    ],
)
def test_refuses_what_is_no_name(text: str, reason: str) -> None:
    with pytest.raises(PersonalNameError, match=reason):
        Name.parse(text)


def test_refuses_a_list_of_people() -> None:
    with pytest.raises(PersonalNameError, match="too long"):
        Name.parse("Somebody Else " * 30)


def test_an_empty_family_name_is_refused() -> None:
    with pytest.raises(PersonalNameError, match="mononym"):
        Name("")


def test_parts_from_a_source() -> None:
    assert Name.of("Marten", "van Schijndel") == Name("Schijndel", "Marten", "van")
    assert Name.of("Benjamin", "Van Durme") == Name("Van Durme", "Benjamin")
    assert Name.of("Robert", "Moore Jr.") == Name("Moore", "Robert", suffix="Jr.")
    assert Name.of("Madonna", "") == Name("Madonna")
    assert Name.of("Hao", "Wang", native="汪浩").native == "汪浩"
    assert Name.of("", "de la cruz") == Name("de la cruz")


def test_display_forms() -> None:
    name = Name("Berg", "Jan-Willem P.", "van der", "Jr.")
    assert name.full == "Jan-Willem P. van der Berg, Jr."
    assert name.inverted == "van der Berg, Jr., Jan-Willem P."
    assert name.sort_key == "berg, jan-willem p. van der jr."
    assert name.initials == "J.-W. P."
    assert Name("Tolkien", "J.R.R.").initials == "J. R. R."
    assert Name("Plato").inverted == "Plato"
    assert Name("Plato").initials == ""
    assert Name("丁", "佳玙").full == "丁佳玙"
    assert Name("丁", "佳玙").inverted == "丁佳玙"


def test_folded_forms() -> None:
    assert Name("Łukasiewicz", "Jan").match_key == "jan lukasiewicz"
    assert Name("Łukasiewicz", "Jan").sort_key == "lukasiewicz, jan"
    assert Name("O’Brien", "Pat").match_key == "pat obrien"
    assert Name("Ding", "Jiayu", native="丁佳玙").tokens == ("jiayu", "ding", "丁佳玙")
    assert Name("ꧏ").match_key == "ꧏ"  # no transliteration: the name itself


SAME = [
    ("J. Smith", "John Smith"),
    ("J. K. Smith", "John Kenneth Smith"),
    ("Smith JK", "John Kenneth Smith"),
    ("John A. Smith", "John Smith"),
    ("J.-P. Dupont", "Jean Pierre Dupont"),
    ("J. Dupont", "Jean-Pierre Dupont"),
    ("Jiayu Ding", "Jia-Yu Ding"),
    ("Jia Yu Ding", "Ding Jiayu"),
    ("Ding Jiayu", "Jiayu Ding"),
    ("丁佳玙", "Jiayu Ding"),
    ("Müller, Hans", "Mueller, H."),
    ("Muller, Hans", "Müller, H."),
    ("van der Berg, Jan", "Jan Vanderberg"),
    ("van der Berg, Jan", "Jan Berg"),
    ("Chr. Manning", "Christopher D. Manning"),
    ("Bob Jones", "Alan Bob Jones"),
    ("Łukasz Kaiser", "Lukasz Kaiser"),
    ("García Márquez, Gabriel", "García, G."),
    ("John Smith, Jr.", "John Smith"),
]
DIFFERENT = [
    ("John A. Smith", "John B. Smith"),
    ("Wei Wang", "Wei Wu"),
    ("Wei Wang", "Ying Wang"),
    ("C. Manning", "Daniel Manning"),
    ("B. Jones", "Alan Bob Jones"),
    ("John Smith, Jr.", "John Smith III"),
    ("Smith", "John Smith"),
    ("王伟", "王薇"),
    ("Jon Smith", "John Smith"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_could_be_one_name(a: str, b: str) -> None:
    assert Name.parse(a).compatible(Name.parse(b))
    assert Name.parse(b).compatible(Name.parse(a))


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_cannot_be_one_name(a: str, b: str) -> None:
    assert not Name.parse(a).compatible(Name.parse(b))
    assert not Name.parse(b).compatible(Name.parse(a))


def test_native_forms_decide_between_homonyms() -> None:
    wei = Name("Wang", "Wei", native="王伟")
    assert not wei.compatible(Name("Wang", "Wei", native="王薇"))
    assert wei.compatible(Name("Wang", "Wei"))


# Titles are dropped by design, and suffixes are read as such: neither makes a name that reads back.
_TITLES = frozenset(
    ["Dr", "Mr", "Mrs", "Ms", "Prof", "Professor", "Sir", "Dame", "Assoc", "Asst", "Esq", "Jr", "Sr", "Ii", "Iii", "Iv"]
)
_WORD = st.text(string.ascii_lowercase, min_size=2, max_size=8).map(str.capitalize).filter(lambda w: w not in _TITLES)
_GIVEN = st.lists(_WORD | st.sampled_from(["J.", "É.", "Jean-Luc"]), min_size=1, max_size=3).map(" ".join)
_NAMES = st.builds(
    Name,
    _WORD | st.sampled_from(["Müller", "O'Brien", "García Márquez", "Ng"]),
    _GIVEN,
    st.sampled_from(["", "", "van", "de la"]),
    st.sampled_from(["", "", "Jr.", "III"]),
)


@given(_NAMES)
def test_the_inverted_form_reads_back(name: Name) -> None:
    assert Name.parse(name.inverted).inverted == name.inverted


@given(_NAMES, _NAMES)
def test_compatible_is_symmetric_and_reflexive(a: Name, b: Name) -> None:
    assert a.compatible(a)
    assert a.compatible(b) == b.compatible(a)


@given(_NAMES)
def test_a_name_is_compatible_with_its_initials_and_without_middle_names(name: Name) -> None:
    initials = Name(name.family, name.initials, name.particle, name.suffix)
    first_only = Name(name.family, name.given.split()[0], name.particle, name.suffix)
    assert name.compatible(initials)
    assert name.compatible(first_only)
    assert name.compatible(Name(name.given, name.family)) or name.particle or name.suffix


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = Name.parse(text)
    except PersonalNameError:
        return
    assert name.family
    assert name.full
    assert name.inverted
    assert name.match_key
    assert name.sort_key
    assert name.compatible(Name.parse(text))
    assert isinstance(name.initials, str)


def test_the_library_configuration_is_left_alone() -> None:
    from nameparser import parse

    before = parse("Md. Rahman").title
    Name.parse("Dr. Md. Kamal Uddin Rahman PhD")
    assert parse("Md. Rahman").title == before
