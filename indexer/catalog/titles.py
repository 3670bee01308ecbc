"""Titles that say too little to tell two papers are one."""

from __future__ import annotations

from search.text import title_key

__all__ = ["SHORT_TITLE", "is_weak"]

SHORT_TITLE = 16
"""Letters and digits below which a title alone (with year and first author) is too weak to merge by."""

_GENERIC = frozenset(
    title_key(title)
    for title in (
        "Abstracts of the invited talks",
        "Acknowledgements",
        "Announcements",
        "Author index",
        "Authors' response",
        "Book review",
        "Book reviews",
        "Call for papers",
        "Conference program",
        "Editor's introduction",
        "Editorial introduction",
        "Editorial preface",
        "Foreword from the editors",
        "Foreword to the special issue",
        "From the editor-in-chief",
        "General introduction",
        "Guest editorial",
        "Guest editors' introduction",
        "Introduction and overview",
        "Introduction to the special issue",
        "Introduction to this special issue",
        "Introduction to the proceedings",
        "Invited presentation",
        "Letter to the editor",
        "Message from the chairs",
        "Message from the editor",
        "Message from the program chairs",
        "Opening remarks",
        "Organizing committee",
        "Panel discussion",
        "Preface to the special issue",
        "Program committee",
        "Publications received",
        "Reviewers of this issue",
        "Table of contents",
        "Workshop overview",
        "Workshop proceedings",
    )
)


def is_weak(key: str) -> bool:
    """True for a folded title (:func:`search.text.title_key`) that is short or that many papers share."""
    return len(key) < SHORT_TITLE or key in _GENERIC
