"""Queries through a small BERT in NumPy: the same vectors, without loading torch.

Importing torch and transformers takes many times longer than answering a search, and a query of ten words is too short
to profit from them. A sentence-transformers folder that holds an ordinary BERT with mean pooling (all-MiniLM is one) is
read straight from its files; whatever else there is goes through the library (:mod:`search.embedding`).

Devlin et al. (2019), BERT, NAACL; Reimers & Gurevych (2019), Sentence-BERT, EMNLP.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.special import erf
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it has no stubs
from tokenizers import Tokenizer

from search.engine import Vectors

__all__ = ["BertEncoder"]

_MODULES = ("Transformer", "Pooling", "Normalize")


class BertEncoder:
    """A BERT of a folder, one text at a time, on one core. Use :meth:`load`; safe to use from several threads."""

    def __init__(
        self, weights: dict[str, Vectors], config: dict[str, Any], tokenizer: Tokenizer, max_tokens: int
    ) -> None:
        self.dimension = int(config["hidden_size"])
        self.max_tokens = max_tokens
        self._tokenizer = tokenizer
        self._heads = int(config["num_attention_heads"])
        self._epsilon = np.float32(config.get("layer_norm_eps", 1e-12))
        self._words = weights["embeddings.word_embeddings.weight"]
        # The type of a text without a partner is always 0, so its embedding belongs to the positions.
        self._positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
        self._layers = [_layer(weights, f"encoder.layer.{n}.") for n in range(int(config["num_hidden_layers"]))]
        self._threads = _OneThread()

    @classmethod
    def load(cls, folder: Path, max_tokens: int) -> BertEncoder | None:
        """The model in ``folder``, texts cut to ``max_tokens``; None when it is not one this class computes."""
        try:
            modules = [entry["type"].rpartition(".")[2] for entry in json.loads((folder / "modules.json").read_text())]
            pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
            config = json.loads((folder / "config.json").read_text())
            sentence = json.loads((folder / "sentence_bert_config.json").read_text())
            if tuple(modules) != _MODULES or not _is_plain(config, pooling, sentence):
                return None
            weights = {
                name.removeprefix("bert."): array.astype(np.float32, copy=False)
                for name, array in load_file(folder / "model.safetensors").items()
            }
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            limit = min(max_tokens, int(sentence["max_seq_length"]), int(config["max_position_embeddings"]))
            tokenizer.no_padding()
            tokenizer.enable_truncation(limit)
            return cls(weights, config, tokenizer, limit)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            return None  # the library says what is wrong with the folder

    def encode(self, text: str) -> Vectors:
        """The unit vector of a text, float32, shape (dimension,)."""
        tokens = self._tokenizer.encode(text).ids
        with self._threads.limited():
            embedded: Vectors = self._words[tokens] + self._positions[: len(tokens)]
            states = self._normed(embedded, *self._norm)
            for layer in self._layers:
                states = self._through(states, layer)
        mean: Vectors = states.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _through(self, states: Vectors, layer: dict[str, Vectors]) -> Vectors:
        tokens, width = states.shape
        size = width // self._heads
        mixed = states @ layer["qkv"] + layer["qkv.bias"]
        query, key, value = mixed.reshape(tokens, 3, self._heads, size).transpose(1, 2, 0, 3)
        scores: Vectors = query @ key.transpose(0, 2, 1)
        scores *= size**-0.5
        shares: Vectors = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        seen: Vectors = (shares @ value).transpose(1, 0, 2).reshape(tokens, width)
        states = self._normed(
            states + seen @ layer["attention.output.dense"] + layer["attention.output.dense.bias"],
            layer["attention.output.LayerNorm"],
            layer["attention.output.LayerNorm.bias"],
        )
        inner: Vectors = states @ layer["intermediate.dense"] + layer["intermediate.dense.bias"]
        inner *= np.float32(0.5) * (1 + erf(inner * np.float32(np.sqrt(0.5))))  # GELU
        return self._normed(
            states + inner @ layer["output.dense"] + layer["output.dense.bias"],
            layer["output.LayerNorm"],
            layer["output.LayerNorm.bias"],
        )

    def _normed(self, states: Vectors, weight: Vectors, bias: Vectors) -> Vectors:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + self._epsilon)
        normed: Vectors = centred / spread * weight + bias
        return normed


def _is_plain(config: dict[str, Any], pooling: dict[str, Any], sentence: dict[str, Any]) -> bool:
    others = [mode for mode, chosen in pooling.items() if mode.startswith("pooling_mode_") and chosen is True]
    means = others == ["pooling_mode_mean_tokens"] or pooling.get("pooling_mode") == "mean"
    return (
        means
        and config["model_type"] == "bert"
        and config["hidden_act"] == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not sentence.get("do_lower_case", False)
    )


def _layer(weights: dict[str, Vectors], prefix: str) -> dict[str, Vectors]:
    """A layer's weights, matrices transposed, query, key and value in one."""
    attention = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    layer = {
        "qkv": np.ascontiguousarray(np.concatenate([weights[f"{name}.weight"] for name in attention]).T),
        "qkv.bias": np.concatenate([weights[f"{name}.bias"] for name in attention]),
    }
    for name in ("attention.output.dense", "intermediate.dense", "output.dense"):
        layer[name] = np.ascontiguousarray(weights[f"{prefix}{name}.weight"].T)
        layer[f"{name}.bias"] = weights[f"{prefix}{name}.bias"]
    for name in ("attention.output.LayerNorm", "output.LayerNorm"):
        layer[name] = weights[f"{prefix}{name}.weight"]
        layer[f"{name}.bias"] = weights[f"{prefix}{name}.bias"]
    return layer


class _OneThread:
    """Keeps NumPy's matrix products on one thread while anybody is inside; short ones lose time sharing the work."""

    def __init__(self) -> None:
        self._pools = ThreadpoolController().select(user_api="blas")
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    @contextmanager
    def limited(self) -> Iterator[None]:
        # The first one in sets the limit and the last one out lifts it: the setting is the whole process's.
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limit = self._pools.limit(limits=1)
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._limit.restore_original_limits()
