"""Plant small mistakes in modules, one at a time, and list those that no test notices.

``python scripts/mutants.py`` reads ``tests/mutants.toml``: for each module, the tests that should
notice mistakes in it, and the mutants that are no mistakes, each with the reason. It prints the
survivors as differences, and fails if fewer than 90 % of a module's mutants are caught.

Why not mutmut or cosmic-ray: mutmut 3 (BSD) mutates neither constants of modules nor functions
with a decorator, such as properties and caches, and first runs all tests once; cosmic-ray 8 (MIT)
starts Python anew for each mutant, where importing the libraries takes longer than most tests.
Here they are imported once, and each mutant runs in a fork of that process.
"""

import argparse
import ast
import copy
import difflib
import gc
import importlib
import importlib.util
import os
import random
import signal
import sys
import time
import tomllib
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "absclust"
CONFIGURATION = ROOT / "tests" / "mutants.toml"
LIBRARIES = (
    *("numpy", "scipy.sparse", "scipy.special", "scipy.stats", "pandas", "pyarrow.parquet"),
    *("sklearn.decomposition", "sklearn.feature_extraction.text", "sklearn.neighbors"),
    *("sklearn.metrics", "matplotlib.pyplot", "hypothesis", "tokenizers", "pytest"),
)
LEAST_CAUGHT = 0.9  # of the mutants of a module, but for those that are no mistakes
# A mutant may loop for ever: it is stopped after so many times the tests' usual time, and seconds.
PATIENCE, SECONDS = 5, 20

COMPARISONS = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In},
}
OPERATIONS = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult},
    **{ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And},
}


@dataclass(frozen=True)
class Mutant:
    """A module with one mistake in it; lines are as ``ast.unparse`` writes them."""

    tree: ast.Module
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, str]:
        """What changed, as the configuration writes it."""
        return "\n".join(self.before), "\n".join(self.after)

    def __str__(self) -> str:
        return "\n".join(
            f"    {sign} {line}"
            for sign, lines in (("-", self.before), ("+", self.after))
            for line in lines
        )


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand by mistake where a node stands."""
    match node:
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                if type(operator) in COMPARISONS:
                    other = copy.deepcopy(node)
                    other.ops[i] = COMPARISONS[type(operator)]()
                    yield other
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(node.op) in OPERATIONS:
            other = copy.deepcopy(node)
            other.op = OPERATIONS[type(node.op)]()
            yield other
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Call():
            for i, keyword in enumerate(node.keywords):
                if keyword.arg is not None and not _is_strict(keyword):
                    other = copy.deepcopy(node)
                    del other.keywords[i]
                    yield other
        case ast.If() | ast.IfExp() if isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
            other = copy.deepcopy(node)
            other.test = ast.UnaryOp(ast.Not(), other.test)
            yield other
        case ast.Return(ast.expr()) if not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Raise():
            yield ast.Pass()
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Assign([ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()


def _is_strict(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield where the nodes below a node stand: parent, field, and index in a list.

    Annotations and what only type checkers read are left out, and decorators: that fields of a
    frozen class aren't assigned to is what a type checker notices. So is ``strict`` of ``zip``,
    which only asserts something.
    """
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for i in range(len(value)) if isinstance(value, list) else [None]:
            child = at(node, field, i)
            if isinstance(child, ast.AST) and not _is_for_types(child) and not _is_strict(child):
                yield node, field, i
                yield from places(child)


def at(parent: ast.AST, field: str, i: int | None) -> ast.AST:
    """Return the node that stands at a place."""
    value = getattr(parent, field)
    return value if i is None else value[i]


def put(parent: ast.AST, field: str, i: int | None, node: ast.AST) -> None:
    """Put a node at a place."""
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def mutants(source: str) -> list[Mutant]:
    """Return all mutants of a module, in the order of its lines."""
    tree = ast.parse(source)
    whole = ast.unparse(tree).splitlines()
    found = []
    for place in list(places(tree)):
        original = at(*place)
        for other in replacements(original):
            put(*place, ast.copy_location(other, original))
            changed = ast.fix_missing_locations(copy.deepcopy(tree))
            put(*place, original)
            lines = list(difflib.unified_diff(whole, ast.unparse(changed).splitlines(), n=0))[2:]
            before, after = (
                tuple(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+"
            )
            found.append(Mutant(changed, getattr(original, "lineno", 0), before, after))
    return sorted(found, key=lambda mutant: mutant.line)


def plant(path: Path, tree: ast.Module) -> None:
    """Import a module with a mistake in it, before anything else imports it."""
    name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    spec = importlib.util.find_spec(name)
    if name in sys.modules:
        raise RuntimeError(f"{name} is imported by its package; the mutant would come too late")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(tree, path, "exec"), vars(module))
    package, _, last = name.rpartition(".")
    setattr(sys.modules[package], last, module)


def start(path: Path, tree: ast.Module | None, tests: list[str], log: Path) -> int:
    """Run tests in a fork, with a mutant in the module's place; return the process's number."""
    if child := os.fork():
        return child
    status = 1
    try:
        os.setpgid(0, 0)
        for stream in (1, 2):
            os.dup2(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), stream)
        if tree is not None:
            plant(path, tree)
        import pytest

        options = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist"]
        # hypothesis is imported already, and can't be rewritten for better messages.
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        status = int(pytest.main([*options, *tests]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def passed(
    path: Path, trees: Sequence[ast.Module | None], tests: list[str], jobs: int, seconds: float
) -> Iterator[int]:
    """Yield the numbers of the mutants with which all tests pass; None is the module as it is."""
    log = ROOT / "build" / "mutants"
    log.mkdir(parents=True, exist_ok=True)
    waiting, running = list(range(len(trees)))[::-1], {}
    while waiting or running:
        while waiting and len(running) < jobs:
            number = waiting.pop()
            pid = start(path, trees[number], tests, log / f"{path.stem}-{number}.txt")
            running[pid] = number, time.monotonic() + seconds
        for pid, (number, end) in list(running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done and time.monotonic() < end:
                continue
            if not done:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            elif os.waitstatus_to_exitcode(status) == 0:
                yield number
            del running[pid]
        time.sleep(0.01)


def check(module: str, configuration: dict, sample: int | None, jobs: int) -> bool:
    """Plant a module's mutants, print the survivors, and tell whether enough are caught."""
    path = SOURCE / module
    tests = [str(ROOT / name) for name in configuration["modules"][module]]
    missing = [name for name in (str(path), *tests) if not Path(name.split("::")[0]).exists()]
    if missing:
        sys.exit(f"{CONFIGURATION.relative_to(ROOT)}: no such file: {', '.join(missing)}")
    tests.insert(0, str(path))  # its examples are quick
    known = {
        (entry["module"], entry["before"].strip(), entry["after"].strip())
        for entry in configuration.get("no_mistake", [])
    }
    all_mutants = mutants(path.read_text("utf-8"))
    drawn = [m for m in all_mutants if (module, *m.lines) not in known]
    n_known = len(all_mutants) - len(drawn)
    if sample is not None and sample < len(drawn):
        drawn = sorted(random.Random(0).sample(drawn, sample), key=lambda mutant: mutant.line)
    began = time.monotonic()
    if not list(passed(path, [None], tests, 1, 3600)):
        sys.exit(f"{module}: its tests fail without a mutant; see build/mutants/{path.stem}-0.txt")
    alone = time.monotonic() - began
    print(f"{module}: {len(drawn)} of {len(all_mutants)} mutants, tests take {alone:.0f} s")
    survived = 0
    trees = [mutant.tree for mutant in drawn]
    for number in passed(path, trees, tests, jobs, PATIENCE * alone + SECONDS):
        survived += 1
        print(f"  survived, line {drawn[number].line}:\n{drawn[number]}", flush=True)
    share = 1 - survived / max(len(drawn), 1)
    print(
        f"{module}: {len(drawn) - survived} of {len(drawn)} caught ({share:.1%}), {n_known} are no "
        f"mistakes; {time.monotonic() - began:.0f} s\n",
        flush=True,
    )
    return share >= LEAST_CAUGHT


def main() -> None:
    """Check the modules named, or all of the configuration."""
    configuration = tomllib.loads(CONFIGURATION.read_text("utf-8"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="such as analysis/shares.py; all by default")
    parser.add_argument("--sample", type=int, help="how many mutants of each; all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    options = parser.parse_args()
    os.chdir(ROOT)
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.freeze()
    enough = [
        check(module, configuration, options.sample, options.jobs)
        for module in options.modules or configuration["modules"]
    ]
    sys.exit(not all(enough))


if __name__ == "__main__":
    # One thread each: forks of a process with threads hang, and there is one per core.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"
    main()
