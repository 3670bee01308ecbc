"""Speed benches, one module each, named as the bench; see :mod:`evaluation.registry` for the protocol."""
