r"""Broaden the built-in embedding beyond computer science; rewrites src/absclust/embedding/model/.

Usage::

    python training/broaden.py UNLABELLED [--labelled LABELLED] [--work FOLDER] [--model FOLDER]

The last step, after train_builtin.py and study_types.py. Most papers of the first training
are of computer science. ``broad_180k`` in UNLABELLED brings ecology, medicine, archaeology,
economics, management and philosophy, with journals, subject categories and keywords. All
token vectors are tuned on both: half of each batch follows its goal, which is the model's own
vector, so that nothing known is lost, but for 60,000 of the broad texts (medicine first, which
was thinnest) that of MiniLM without study types; the other half follows what people say
belongs together. Papers from three of the sources are never shown, so that choices can be
made by them. The seed is 0. On 2 cores, the teacher's vectors take half an hour, kept in the
folder given by --work, and the rest ten minutes.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
import torch
import train_builtin as first
from study_types import FEWEST_TRAITS, directions, traits_of

from absclust import VectorCache
from absclust.arrays import FloatArray, row_product, unit_rows
from absclust.embedding.tokens import dampened

BROAD = "broad_180k"
HELD_OUT = {"globe2060org/data-availability-review2025", "grmwld/neurobib", "camaradesuk/ASySD"}
TAUGHT, OTHERS = 60_000, 120_000  # texts with MiniLM's vector as goal, and with the model's own
CENTRED_BY = 900  # texts of the first training that show where MiniLM's centre is
EPOCHS, RATE, LABEL_WEIGHT = 5, 0.0025, 1.5
MEDICAL = re.compile(
    r"medic|clinic|health|nurs|psychi|surg|oncolog|cancer|cardi|neuro|immun|pharm|disease|patient"
    r"|pediatr|epidemi|lancet|bmj|MED$|veterin|palliat|rheum|dent|hosp|therap",
    re.IGNORECASE,
)
# Journals of all subjects, and headings that tell of the kind of study or text, not of a subject.
NO_SUBJECT = re.compile(
    r"nature( communications)?|science( advances)?|med|pnas|ppr|plos one|peerj|heliyon|cureus"
    r"|scientific reports|(med|bio|ar)?rxiv|arxiv|ssrn|preprints|research square|sustainability"
    r"|royal society open science|current biology|bmj open|proceedings of the national academy.*"
    r"|philosophical transactions.*|original.*|research.*|article.*|review.*|editorial|short.*"
    r"|(database|publication type):.*|science & technology.*|.*(multi|inter)disciplinary.*|biology"
    r"|humans?|(fe)?male|(non)?animals?|nonhuman|(young |middle )?(adult|aged).*|adolescents?"
    r"|child.*|infant.*|mice.*|mouse|rats?(, .*)?|dogs?|cats?|swine|rabbits?|cattle|models?.*"
    r"|disease models.*|in vitro.*|cells?|cell line|cells, cultured|.*stud(y|ies)|.*trials?"
    r"|case reports?|treatment outcome|pregnancy|.*questionnaires|risk factors|time factors"
    r"|meta-analysis|priority journal|unclassified drug|prevalence|incidence|mortality|patients?"
    r"|patterns|management|dynamics|growth|performance|behavior|survival|abundance|disease|major"
    r"|nurs(e|ing)|epidemiology|medicine|reproducibility|united states|china|italy|english"
)


def read_broad(folder: Path, left_out: set[str]) -> tuple[list[first.Paper], list[str]]:
    """Return the broad papers that may be shown, and texts for the teacher, medicine first."""
    records = [
        record
        for record in first.read_records(folder / f"{BROAD}.jsonl.gz")
        if len(record.get("abstract") or "") > first.SHORTEST_ABSTRACT
    ]
    Random(first.SEED).shuffle(records)
    records.sort(key=lambda record: not is_medical(record))
    papers = []
    for record in records:
        title, abstract = record.get("title") or "", record["abstract"]
        if record.get("source") not in HELD_OUT and not left_out & first.keys(title, abstract):
            papers.append(first.Paper(first.text_of(record), subjects(record)))
    return papers, [paper.text for paper in papers[:TAUGHT]]


def is_medical(record: dict) -> bool:
    """Return whether a record is of medicine, by its journal, subject category or MeSH."""
    where = f"{record.get('journal') or ''} {record.get('section') or ''}"
    return bool(MEDICAL.search(where) or record.get("mesh"))


def subjects(record: dict) -> frozenset[str]:
    """Return what people say about the paper's subject: journal, category, keywords, MeSH."""

    def named(kind: str, values: Iterable[str]) -> set[str]:
        plain = (re.sub(r"\s+", " ", str(value)).lower().strip("* ") for value in values)
        return {f"{kind} {value}" for value in plain if value and not NO_SUBJECT.fullmatch(value)}

    headings = [heading.split("/")[0] for heading in record.get("mesh") or []]
    return frozenset(
        named("journal", [(record.get("journal") or "").replace("&", "and")])
        | named("section", (record.get("section") or "").split(";"))
        | named("keyword", [*(record.get("keywords") or []), *headings])
    )


def taught_vectors(texts: list[str], others: list[str], share: float, work: Path) -> FloatArray:
    """Return MiniLM's vectors of the texts, centred, without study types.

    Its centre over all papers is that of the last third of the broad texts, which are
    drawn from all fields, and that of the others, by their share.
    """
    teacher = first.load_teacher()
    teacher.max_seq_length = first.TEACHER_TOKENS
    found = VectorCache(work).encode(
        f"teacher, {first.TEACHER_TOKENS} tokens",
        [*texts, *others],
        lambda batch: first.encode(teacher, batch),
    )
    vectors, rest = unit_rows(found[: len(texts)]), unit_rows(found[len(texts) :])
    centre = share * vectors[-len(texts) // 3 :].mean(0) + (1 - share) * rest.mean(0)
    vectors = unit_rows(vectors - centre)
    traits = traits_of(texts)
    medical = traits.sum(axis=1) >= FEWEST_TRAITS
    erased = directions(vectors[medical], traits[medical])
    return unit_rows(vectors - (vectors @ erased.T) @ erased)


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Broaden the built-in embedding.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    parser.add_argument("--model", type=Path, default=first.TARGET)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(first.SEED)
    left_out = first.read_left_out(args.labelled)
    broad, taught = read_broad(args.unlabelled, left_out)
    plain = first.read_papers(args.unlabelled, left_out, [BROAD], None)
    papers = list({paper.text: paper for paper in [*broad, *plain]}.values())
    print(f"{len(papers):,} texts, {len(broad):,} of them broad", flush=True)
    tokens, tokenizer = first.load(args.model)
    counts = first.count_beginnings([paper.text for paper in papers], tokenizer)
    goal = unit_rows(row_product(dampened(counts), tokens))
    goal = unit_rows(goal - goal.mean(axis=0))
    row = {paper.text: i for i, paper in enumerate(papers)}
    known = np.array([row[text] for text in dict.fromkeys(taught)])
    others = [paper.text for paper in plain[:CENTRED_BY]]
    share = len(broad) / len(papers)
    goal[known] = taught_vectors([papers[i].text for i in known], others, share, args.work)
    rest = np.setdiff1d(np.arange(len(papers)), known)
    shown = np.concatenate([known, np.random.default_rng(1).permutation(rest)[:OTHERS]])
    goal_tensor = torch.from_numpy(goal)
    first.train(
        student := first.Student(tokens, counts),
        goal_tensor,
        first.Tags(papers, goal_tensor),
        first.Schedule(shown, EPOCHS, RATE, LABEL_WEIGHT),
    )
    first.save(student.vectors.numpy(), tokenizer, args.model)


if __name__ == "__main__":
    main()
