"""Papers in the formats of other programs."""
