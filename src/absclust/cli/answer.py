"""What a command answers: text or JSON on standard output, messages on standard error, a code."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from absclust.cli.options import Option, parameters, summary
from absclust.errors import AbsclustError, MissingPackageError, OptionError, WriteError
from absclust.io.parsed import whole
from absclust.progress import LOG
from absclust.themes.plan import EditWarning

DONE, NOT_ALL, MISUSED, NO_INPUT, NOT_WRITTEN, NOT_INSTALLED = range(6)
_INTERRUPTED, _NO_READER = 130, 141  # 128 and the number of the signal, as in a shell
_CODES: tuple[tuple[type[Exception], int], ...] = (
    (MissingPackageError, NOT_INSTALLED),
    (OptionError, MISUSED),
    (WriteError, NOT_WRITTEN),
    (OSError, NOT_WRITTEN),
    (Exception, NO_INPUT),
)
CODES = f"""\b
Exit codes:
  {DONE}  done
  {NOT_ALL}  done, but nothing was found, or an edit no longer fits
  {MISUSED}  the command line or an option can't be used
  {NO_INPUT}  the input can't be read or used
  {NOT_WRITTEN}  something can't be written
  {NOT_INSTALLED}  a package is missing
  {_INTERRUPTED}, {_NO_READER}  interrupted; nobody reads the output any more
"""


@dataclass(frozen=True)
class Answer:
    """What a command found, to be shown when its files are written."""

    lines: Sequence[str]
    data: Any  # for --json: tables, dicts, lists and plain values
    code: int = DONE
    files: Mapping[str, Callable[[Path], object]] = field(default_factory=dict)  # what writes them
    folder: Path | None = None  # of the files


class Command(click.Command):
    """A command whose function returns an `Answer`."""

    def __init__(
        self, name: str, callback: Callable[..., Answer], sources: Any = (), **settings: Any
    ) -> None:
        params = [*parameters(callback, *sources), *parameters(logged)]
        params.append(Option(["--json"], is_flag=True, help="Print JSON instead of text."))
        settings |= {"params": params, "help": summary(callback)}
        super().__init__(name, callback=callback, **settings)

    def invoke(self, ctx: click.Context) -> int:
        """Run the function, write and show its answer, and return the exit code."""
        as_json, verbose = ctx.params.pop("json"), ctx.params.pop("verbose")
        shown: list[type[Warning]] = []

        def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
            """Log a warning, show it on a line of its own, and remember its kind."""
            shown.append(category)
            LOG.warning("%s", " ".join(str(message).split()))
            complain(str(message), "warning")

        with logged(verbose=verbose, log_file=ctx.params.pop("log_file")):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("always", UserWarning)
                    warnings.showwarning = show
                    answer: Answer = super().invoke(ctx)
            except Exception as error:
                LOG.error("%s", " ".join(message(error).split()))
                raise
        written, failed = _write(answer)
        lines, data = list(answer.lines), answer.data
        if written:
            where = f" to {answer.folder}" if answer.folder else ""
            lines += [""] * bool(lines) + [f"Wrote {', '.join(written)}{where}"]
            data = data | {"written": written} if isinstance(data, dict) else data
        try:
            print(_json(data) if as_json else "\n".join(lines), flush=True)
        except BrokenPipeError:
            # Python would try to write the rest at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _NO_READER
        for failure in failed:
            complain(failure)
        if failed:
            return NOT_WRITTEN
        return NOT_ALL if EditWarning in shown else answer.code


def _write(answer: Answer) -> tuple[list[str], list[str]]:
    """Write files, each for itself: a failure is no reason to lose the others.

    Returns the names of those that are written, and of the others why they are not.
    """
    written, failed = [], []
    for name, write in answer.files.items():
        try:
            write((answer.folder or Path()) / name)
        except Exception as error:
            said = message(error)
            failed.append(said if name in said else f"{name} is not written: {said}")
        else:
            written.append(name)
    return written, failed


def run(command: click.Command, arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal may not know every character
    try:
        return int(command.main(arguments, "absclust", standalone_mode=False) or DONE)
    except click.Abort:
        complain("interrupted")
        return _INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISUSED
    except click.UsageError as error:
        called = error.ctx.command_path if error.ctx else "absclust"
        complain(f"{error.format_message()} See {called} --help")
        return MISUSED
    except (AbsclustError, OSError) as error:
        complain(message(error))
        return next(code for kind, code in _CODES if isinstance(error, kind))


def message(error: Exception) -> str:
    """Return what an error says, with the file that it is about."""
    if isinstance(error, OSError) and not isinstance(error, AbsclustError):
        parts = (error.filename, error.strerror or error)
        return ": ".join(str(part) for part in parts if part)
    return str(error)


def complain(text: str, kind: str = "error") -> None:
    """Print a message on one line of standard error."""
    print(f"absclust: {kind}: {' '.join(text.split())}", file=sys.stderr)


@contextmanager
def logged(*, verbose: bool = False, log_file: Path | None = None) -> Iterator[None]:
    """Write what is logged to standard error, or to a file, if it is asked for.

    Parameters
    ----------
    verbose
        Say what is being done, and how long it took.
    log_file : FILE
        Append stages with their times, what was set aside and warnings to a file.
    """
    handlers: list[tuple[logging.Handler, str]] = []
    if verbose and not any(type(handler) is logging.StreamHandler for handler in LOG.handlers):
        handlers.append((logging.StreamHandler(), "absclust: %(message)s"))
        handlers[0][0].addFilter(lambda record: record.levelno < logging.WARNING)
    if log_file is not None:
        file = logging.FileHandler(log_file, encoding="utf-8")
        handlers.append((file, "%(asctime)s %(levelname)s %(message)s"))
    level = LOG.level
    for handler, form in handlers:
        handler.setFormatter(logging.Formatter(form))
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.setLevel(level)
        for handler, _ in handlers:
            LOG.removeHandler(handler)
            handler.close()


def _json(data: Any) -> str:
    """Return JSON, in letters that the terminal knows."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(data, ensure_ascii=not unicode, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    """Return a table as a list of dicts, and what JSON doesn't know as it does."""
    if hasattr(value, "to_json"):
        return json.loads(
            whole(value).to_json(orient="records", date_format="iso", default_handler=str)
        )
    return value.item() if hasattr(value, "item") else str(value)
