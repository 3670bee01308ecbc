"""E-mail addresses as a sign of where people work: the organisation behind a domain, if there is one."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["organisation"]

_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "ne", "net", "nhs", "or", "org", "res", "sch", "uni")
)
_FREE = frozenset(
    (
        *("126", "163", "aol", "foxmail", "free", "gmail", "gmx", "googlemail", "hanmail", "hotmail", "icloud"),
        *("inbox", "live", "mac", "mail", "mailbox", "me", "msn", "naver", "outlook", "pm", "posteo", "proton"),
        *("protonmail", "qq", "rediffmail", "sina", "t-online", "tutanota", "web", "yahoo", "yandex", "yeah", "zoho"),
    )
)
_SOCIETIES = frozenset(("acm.org", "computer.org", "ieee.org", "orcid.org", "openreview.net"))


@lru_cache(maxsize=1 << 16)
def organisation(email: str) -> str | None:
    """The registered domain of an address ("cs.cmu.edu" and "cmu.edu" are one); None for free mail and societies.

    Country domains with a second level ("ox.ac.uk") keep three labels.
    """
    domain = email.rpartition("@")[2].strip().strip(".").lower()
    labels = domain.split(".")
    if len(labels) < 2 or not all(labels):
        return None
    country = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    if country and len(labels) < 3:
        return None
    registered = ".".join(labels[-3:] if country else labels[-2:])
    if registered in _SOCIETIES or registered.partition(".")[0] in _FREE:
        return None
    return registered
