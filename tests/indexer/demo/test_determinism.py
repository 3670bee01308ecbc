"""The same spec gives the same bytes: in any process, under any hash seed, and from one release to the next."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from indexer.demo import DemoSpec, arrays, generate, write_corpus
from indexer.sources.base import Person
from indexer.sources.jsonl_convert import encode_line
from records.paper import Paper

SPEC = DemoSpec(150, seed=7)
GOLDEN = "0fa575f040580b1fc7fc1062e4f3a76ea5d8b9a4cb2095f8b390fa2f3eb17c3e"
"""Digest of the records of SPEC. It changes only when the generator or its vocabulary is changed on purpose."""
GOLDEN_ARRAYS = "f01b4ea3c14a0e120d24dffab89f5e099ffb5e88607762bc40c0635c2ba54054"
"""Digest of the arrays of a corpus of 3,000 papers."""

_PROGRAM = """
import sys
from tests.indexer.demo.test_determinism import digest, digest_of_arrays
print(digest(), digest_of_arrays())
"""


def digest() -> str:
    corpus = generate(SPEC)
    running = sha256()
    items: list[Paper | Person] = [*corpus.papers(), *corpus.people()]
    for item in items:
        running.update(encode_line(item) + b"\n")
    return running.hexdigest()


def digest_of_arrays() -> str:
    made = arrays(DemoSpec(3000, seed=1))
    assert made.institutions is not None
    running = sha256()
    for links in (made.citations, made.authors, made.institutions):
        running.update(links.offsets.astype("<i8").tobytes() + links.indices.astype("<i4").tobytes())
    running.update(made.years.astype("<i2").tobytes() + made.venues.astype("<i4").tobytes())
    return running.hexdigest()


def test_golden_digests() -> None:
    assert digest() == GOLDEN
    assert digest_of_arrays() == GOLDEN_ARRAYS


def test_hash_seeds_do_not_matter() -> None:
    root = Path(__file__).parents[3]
    for seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, cwd=root, env=environment
        )
        assert done.stdout.split() == [GOLDEN, GOLDEN_ARRAYS]


def test_other_seeds_give_other_corpora() -> None:
    one, two = (list(generate(DemoSpec(60, seed=s)).papers()) for s in (1, 2))
    assert len({p.title for p in one} & {p.title for p in two}) < 5


def test_large_seeds_are_used_whole() -> None:
    one, two = (next(generate(DemoSpec(1, seed=s)).papers()) for s in (5, 5 + 2**32))
    assert one != two


def test_files_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(SPEC, tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert len(files) == 13
    for file in files:
        data = (tmp_path / "one" / file).read_bytes()
        assert data == (tmp_path / "two" / file).read_bytes()
        if file.suffix == ".gz":
            assert data[4:8] == b"\0\0\0\0"
            assert gzip.decompress(data)


def test_reading_twice_gives_the_same_papers() -> None:
    corpus = generate(SPEC)
    assert list(corpus.papers()) == list(corpus.papers())
