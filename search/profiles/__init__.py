"""Profiles: everything a collection says of one person. ``docs/people.md`` describes them."""

from search.profiles.model import PARTS, Profile, ProfileOptions
from search.profiles.profile import profile

__all__ = ["PARTS", "Profile", "ProfileOptions", "profile"]
