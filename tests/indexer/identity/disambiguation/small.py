"""A small written corpus with two people of one name, and two more papers of nobody asked about."""

from __future__ import annotations

from indexer.identity.disambiguation import Mention, MentionPaper

__all__ = ["NAMESAKES", "PAPERS", "TRUTH", "mentions_of"]

PAPERS = [
    MentionPaper("p1", "Parsing with tree adjoining grammars", year=1999, venue="ACL",
                 authors=("Wei Li", "Maria Hoffmann", "Jan Novak")),
    MentionPaper("p2", "Chart parsing of tree grammars", year=2001, venue="ACL", authors=("Wei Li", "Maria Hoffmann")),
    MentionPaper("p3", "Grammars and parsing for translation", year=2003, venue="ACL", authors=("Jan Novak", "Wei Li")),
    MentionPaper("p4", "Lithium batteries at low temperature", year=2000, venue="Journal of Power Sources",
                 authors=("Wei Li", "Akira Sato")),
    MentionPaper("p5", "Electrolytes for lithium batteries", year=2002, venue="Journal of Power Sources",
                 authors=("Akira Sato", "Wei Li")),
    MentionPaper("p6", "Ageing of lithium electrolytes in batteries", year=2004, venue="Journal of Power Sources",
                 authors=("Wei Li", "Akira Sato", "Olga Petrova")),
    MentionPaper("p7", "Owls of the northern forest", year=2004, venue="Ornis", authors=("Ines Costa",)),
    MentionPaper("p8", "Sea birds", year=2005, venue="Ornis", authors=("Tom Brook", "Ines Costa")),
    *(MentionPaper(f"x{at}", f"Report number {at}", year=1990 + at, venue="Reports", authors=(f"Person {at} Else",))
      for at in range(20)),
]  # fmt: skip

TRUTH = {"p1": "grammar", "p2": "grammar", "p3": "grammar", "p4": "lithium", "p5": "lithium", "p6": "lithium"}


def mentions_of(name: str, papers: list[MentionPaper] = PAPERS) -> list[Mention]:
    return [Mention(f"{p.id}#{p.authors.index(name)}", "w_li", name, p.id) for p in papers if name in p.authors]


NAMESAKES = mentions_of("Wei Li")
