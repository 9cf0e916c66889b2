"""Count the lines of code in src/absclust: without docstrings, comments and blank lines.

Usage::

    python scripts/count_lines.py [FOLDER]

Prints a row for each package, and the sum.
"""

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
_WITH_DOCSTRINGS = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(source: str) -> int:
    """Return the number of lines that hold code, by Python's own tokenizer."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _WITH_DOCSTRINGS) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            lines -= set(range(docstring.lineno, docstring.end_lineno + 1))
    return len(lines)


def main() -> None:
    """Count the lines of each package."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "src/absclust")
    counts: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.py")):
        counts[path.relative_to(folder).parts[0]] += code_lines(path.read_text("utf-8"))
    for package, n in counts.most_common():
        print(f"{n:>6,}  {package}")
    print(f"{counts.total():>6,}  together")


if __name__ == "__main__":
    main()
