"""Makes watcher/core/word_kin.py: which common English words are much alike, at three grains.

    python -m tests.quality.make_word_kin MODEL_DIRECTORY

MODEL_DIRECTORY holds `model.safetensors` and `tokenizer.json` of all-MiniLM-L6-v2 (Apache-2.0), which several
packages carry. Every word of its vocabulary, and of the training texts, is read in "they have … it"; the words are
then parted into 200, 800 and 2,500 kinds by k-means over the 100 strongest directions of the last layer's vectors.
Needs the dependency group `train`; what it writes needs nothing of it, and nothing of the model ships
but who is grouped with whom. Words of the topic's own are left out: another topic will take its place.
"""

# ruff: noqa: T201 - it says what it wrote
from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import erf

from tests.quality.measure_match import shipped_topic
from tests.quality.train_positions import RULED, WRITERS, own_stems
from watcher.core.stance_features import stem

TARGET = Path(__file__).parents[2] / "watcher" / "core" / "word_kin.py"
GRAINS = (200, 800, 2500)  # measured on writers held out: any one alone gives half of what the three give
DIRECTIONS = 100
ROUNDS = 12
BEFORE, AFTER = "they have", "it"
HEADS, SIZE, LAYERS, BATCH = 12, 384, 6, 256
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
Arrays = dict[str, Any]


def vocabulary(tokenizer: Any) -> list[str]:
    """Whole words that the model knows, the commonest first, then those that the training texts use twice."""
    known = [word for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])]
    counts: Counter[str] = Counter()
    for path in (*WRITERS, *RULED):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            counts.update(_WORD.findall(f"{case.get('title', '')} {case['text']}".lower()))
    own = own_stems(shipped_topic())
    words = [word for word in known if re.fullmatch("[a-z]{2,}", word)]
    words += [word for word, count in counts.most_common() if count > 1]
    return [word for word in dict.fromkeys(words) if stem(word) not in own]


def vectors(words: list[str], tokenizer: Any, weights: Arrays) -> np.ndarray:
    """A row a word: the mean of the last layer over its pieces, read in the frame."""
    pieces = [tokenizer.encode(word, add_special_tokens=False).ids[:8] for word in words]
    head = [101, *tokenizer.encode(BEFORE, add_special_tokens=False).ids]
    tail = [*tokenizer.encode(AFTER, add_special_tokens=False).ids, 102]
    rows = np.zeros((len(words), SIZE), np.float32)
    order = np.argsort([len(ids) for ids in pieces], kind="stable")
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        longest = max(len(pieces[at]) for at in chosen)
        ids = np.zeros((len(chosen), longest + len(head) + len(tail)), int)
        mask = np.zeros(ids.shape, np.float32)
        for row, at in enumerate(chosen):
            line = [*head, *pieces[at], *tail]
            ids[row, : len(line)], mask[row, : len(line)] = line, 1
        read = _last_layer(ids, mask, weights)
        for row, at in enumerate(chosen):
            rows[at] = read[row, len(head) : len(head) + len(pieces[at])].mean(0)
    return rows


def _last_layer(ids: np.ndarray, mask: np.ndarray, weights: Arrays) -> np.ndarray:
    def linear(x: np.ndarray, name: str) -> np.ndarray:
        flat = x.reshape(-1, x.shape[-1]) @ weights[f"{name}.weight"].T  # one product, not one a word: ten times faster
        return (flat + weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def normed(x: np.ndarray, name: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    many, length = ids.shape
    table = "embeddings.{}_embeddings.weight"
    x = weights[table.format("word")][ids] + weights[table.format("position")][:length]
    x = normed(x + weights[table.format("token_type")][0], "embeddings.LayerNorm")
    hidden = (1 - mask)[:, None, None, :] * np.float32(-1e4)
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        query, key, value = (
            linear(x, f"{at}attention.self.{part}").reshape(many, length, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        looks = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(SIZE // HEADS)) + hidden
        looks = np.exp(looks - looks.max(-1, keepdims=True))
        looks /= looks.sum(-1, keepdims=True)
        seen = (looks @ value).transpose(0, 2, 1, 3).reshape(many, length, SIZE)
        x = normed(linear(seen, f"{at}attention.output.dense") + x, f"{at}attention.output.LayerNorm")
        wide = linear(x, f"{at}intermediate.dense")
        wide = wide * np.float32(0.5) * (1 + erf(wide / np.float32(np.sqrt(2))))
        x = normed(linear(wide, f"{at}output.dense") + x, f"{at}output.LayerNorm")
    return x


def directions(rows: np.ndarray) -> np.ndarray:
    """The rows in their strongest directions, of length 1."""
    rows = rows - rows.mean(0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= rows.mean(0)
    left, strength, _ = np.linalg.svd(rows, full_matrices=False)
    kept = left[:, :DIRECTIONS] * strength[:DIRECTIONS] ** 0.7
    return kept / np.linalg.norm(kept, axis=1, keepdims=True)


def parted(rows: np.ndarray, kinds: int) -> tuple[np.ndarray, np.ndarray]:
    """The kind of each row, and how near it is to the middle of its kind."""
    middles = rows[np.random.default_rng(0).choice(len(rows), kinds, replace=False)]
    for _ in range(ROUNDS):
        kind, _ = _nearest(rows, middles)
        total = np.zeros_like(middles)
        np.add.at(total, kind, rows)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        middles = np.where(length > 0, total / np.maximum(length, 1e-9), middles)
    return _nearest(rows, middles)


def _nearest(rows: np.ndarray, middles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    likeness = [rows[at : at + 4000] @ middles.T for at in range(0, len(rows), 4000)]
    return np.concatenate([one.argmax(1) for one in likeness]), np.concatenate([one.max(1) for one in likeness])


def named(words: list[str], kind: np.ndarray, near: np.ndarray) -> dict[int, str]:
    """Each kind's name: the word in the middle of it."""
    found: dict[int, str] = {}
    for at in np.argsort(-near, kind="stable"):
        found.setdefault(int(kind[at]), words[at])
    return found


def _names() -> set[str]:
    """What stands in the names of the topic and of its people: nothing of it belongs into code."""
    topic = shipped_topic()
    words = {word for name in (*topic.names, *topic.people) for word in name.lower().split()}
    common = {
        "mentoring",
        "high",
        "intensity",
        "network",
        "network's",
        "partnership",
        "programme",
        "integrated",
        "model",
        "sergeant",
        "mentor",
    }
    return {word for word in words - common if len(word) > 5 and word.isalpha()}


def write(words: list[str], rows: np.ndarray) -> None:
    """The module of literals: a word a line, with the word that each of its kinds is called after."""
    lines = {word: [word] for word in words}
    for grain in GRAINS:
        kind, near = parted(rows, grain)
        names = named(words, kind, near)
        for word, one in zip(words, kind, strict=True):
            lines[word].append(names[int(one)])
    names = _names()
    text = "\n".join(" ".join(line) for word, line in sorted(lines.items()) if not any(name in word for name in names))
    TARGET.write_text(
        '"""Which common English words are much alike: made by `python -m tests.quality.make_word_kin`.\n\n'
        "Derived from the vectors of all-MiniLM-L6-v2 (Apache License 2.0; see NOTICE).\n"
        '"""\n\n# A word a line, then what its kind is called at each grain: the word in the middle of it.\n\n'
        f'KIN = """\\\n{text}\n"""\n',
        encoding="utf-8",
    )
    print(f"{TARGET.name}: {len(lines)} words, {TARGET.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Read the model in the directory named, write the module."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    where = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(where / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    words = vocabulary(tokenizer)
    write(words, directions(vectors(words, tokenizer, load_file(where / "model.safetensors"))))


if __name__ == "__main__":
    main()
