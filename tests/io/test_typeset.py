"""What `to_bib` writes is typeset by LaTeX without an error, every field of it."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

from absclust import read_abstracts
from absclust.io.write_papers import write_bib
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

# A style that prints every field that has text, whatever the type of the entry.
FIELDS = [
    "abstract", "annote", "author", "booktitle", "journal", "keywords", "note", "publisher",
    "title", "year",
]  # fmt: skip
TYPES = [
    "book", "booklet", "conference", "inbook", "incollection", "inproceedings", "manual",
    "mastersthesis", "misc", "online", "phdthesis", "proceedings", "report", "techreport",
    "thesis", "unpublished",
]  # fmt: skip
STYLE = "\n".join(
    [
        f"ENTRY {{ {' '.join(FIELDS)} }} {{}} {{}}",
        "FUNCTION {line} { duplicate$ missing$ { pop$ }",
        '  { write$ newline$ "" write$ newline$ } if$ }',
        'FUNCTION {article} { "\\bibitem{" cite$ * "}" * write$ newline$ ',
        *(f"  {field} line" for field in FIELDS),
        "}",
        *(f"FUNCTION {{{kind}}} {{ article }}" for kind in TYPES),
        "FUNCTION {default.type} { article }",
        "READ",
        'FUNCTION {begin} { "\\begin{thebibliography}{9}" write$ newline$ }',
        "EXECUTE {begin}",
        "ITERATE {call.type$}",
        'FUNCTION {end} { "\\end{thebibliography}" write$ newline$ }',
        "EXECUTE {end}",
        "",
    ]
)
DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{amsmath,amssymb}
\newcommand{\url}[1]{\texttt{\detokenize{#1}}}
\newcommand{\href}[2]{#2}
\newcommand{\mkbibquote}[1]{``#1''}
\newcommand{\enquote}[1]{``#1''}
\begin{document}
\nocite{*}
\bibliographystyle{every}
\bibliography{papers}
\end{document}
"""
HOSTILE = [
    r"5% of #1 & $2 _a ^b ~c \d {e} @f", "}{", "$", "\\", "%", r"a $x_i$ and $ b", "é ß Đ × ±",
    r"\emph{it} {\em x}", r"$\sim$100, $10^{-3}$ and \$5", r"``q'' -- \textbackslash", r"a\\b",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex and bibtex")
def test_every_field_is_typeset(tmp_path):
    (tmp_path / "every.bst").write_text(STYLE)
    (tmp_path / "papers.tex").write_text(DOCUMENT)
    sources = [*sorted(EXPORTS.glob("*.bib")), EXPORTS / "ieee.csv", SAMPLES / "abstracts.csv"]
    hostile = tmp_path / "hostile.csv"
    pd.DataFrame({"title": HOSTILE, "abstract": HOSTILE, "keywords": HOSTILE}).to_csv(hostile)
    for source in [*sources, hostile]:
        papers = read_abstracts(source).assign(
            theme=0, theme_name="5% of $x_1$ & {owls}", strength=0.5, runner_up="a_b", margin=0.1,
            core=True,
        )  # fmt: skip
        write_bib(papers, tmp_path / "papers.bib")
        for command in (
            ["pdflatex", "-interaction=nonstopmode", "-draftmode", "papers"],
            ["bibtex", "papers"],
            ["pdflatex", "-interaction=nonstopmode", "-draftmode", "papers"],
        ):
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
        log = (tmp_path / "papers.log").read_text("utf-8", errors="replace")
        assert re.findall(r"(?m)^! .*(?:\n.*){0,3}", log) == [], source.name
        assert done.returncode == 0
        printed = (tmp_path / "papers.bbl").read_text("utf-8")
        assert printed.count("\\bibitem") == len(papers)
