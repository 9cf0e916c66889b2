"""Options of the commands: their types, defaults and help are those of the functions they go to."""

import inspect
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

# What a value of an option is called, if not by its type.
_METAVARS = {
    "embedder": "NAME",
    "labels": "COLUMN",
    "seed_themes": "FILE.toml",
    "stop_phrases": "PHRASE",
    "vocabulary": "PHRASE",
    "theme": "THEME",
}
# What the docstrings say of other values than a shell can pass.
_NOT_OF_A_SHELL = ("an object", "or an object", "a callable", "or a callable")
# What the docstrings can't say of how a shell passes them.
_IN_A_SHELL = {
    "Sequence[str]": "May be given again; @FILE reads them from a file, one a line.",
    "SeedThemes": 'In a file: alignment = ["RLHF", "preference"], or alignment = "making models '
    'safe".',
}


class Option(click.Option):
    """An option that takes no other option for its value, as in ``--out --json``."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Check what was given, before it is converted."""
        known = {name for option in ctx.command.params for name in option.opts}
        for given in value if isinstance(value, tuple | list) else [value]:
            if isinstance(given, str) and given in known:
                raise click.BadParameter(f"{given} is an option; expected a value.", ctx, self)
        return super().process_value(ctx, value)


def phrases(value: str) -> list[str]:
    """Return a phrase, or all that ``@FILE`` holds; the name of a file is no phrase."""
    if value.startswith("@"):
        lines = map(str.strip, _text(value[1:]).splitlines())
        return [line for line in lines if line and not line.startswith("#")]
    if Path(value).exists():
        raise click.BadParameter(
            f"{value} is a file or a folder; expected one phrase. @{value} reads phrases from a "
            "file, one a line."
        )
    return [value]


def toml(value: str) -> dict[str, Any]:
    """Return what a file in TOML holds."""
    try:
        return tomllib.loads(_text(value))
    except tomllib.TOMLDecodeError as error:
        raise click.BadParameter(f"{value}: {error}.") from error


def number_or_name(value: str) -> int | str:
    """Return a theme's number as an int, or its name."""
    return int(value) if value.isdecimal() else value


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.BadParameter(f"can't read {path}: {reason}.") from error


def documented(function: Callable[..., Any], name: str) -> str:
    """Return what the docstring of a function says of a parameter, as far as it is of a shell."""
    # Python run with -OO has no docstrings.
    section = re.search(
        rf"^(?:\w+, )*{name}(?:, \w+)*(?: : .*)?\n((?: +.*\n?)+)",
        inspect.getdoc(function) or "",
        re.MULTILINE,
    )
    clauses = " ".join(section[1].split()).split("; ") if section else [""]
    words = "; ".join(clause for clause in clauses if not clause.startswith(_NOT_OF_A_SHELL))
    words = re.sub(r"``(\w+_\w+)``", lambda found: _flag(found[1]), words)  # another option
    words = re.sub(r"\[(\"[^\"]*\")\]", r"\1", words.replace("``", ""))  # a list of one phrase
    return f"{words.rstrip('.')}."


def api_option(function: Callable[..., Any], name: str, **given: Any) -> Option:
    """Return the option of a function's parameter, named, typed and explained as it is there."""
    parameter = inspect.signature(function).parameters[name]
    kind = str(parameter.annotation)
    more = [text for start, text in _IN_A_SHELL.items() if kind.startswith(start)]
    settings: dict[str, Any] = {"help": " ".join([documented(function, name), *more])}
    if kind.startswith("Sequence[str]"):
        settings |= {"type": phrases, "multiple": True, "callback": _flat}
    else:
        settings |= {"type": _type_of(kind), "default": parameter.default}
        settings["show_default"] = parameter.default is not None
    settings |= {"metavar": _METAVARS.get(name)} | given
    return Option([_flag(name), name], **settings)


def _flag(name: str) -> str:
    return f"{'-' if len(name) == 1 else '--'}{name.replace('_', '-')}"


def _type_of(kind: str) -> Any:
    """Return click's type for an annotation."""
    if kind.startswith("Literal"):
        return click.Choice(re.findall(r"['\"](\w+)['\"]", kind))
    if kind.startswith("SeedThemes"):
        return toml
    if kind == "ClustererLike":
        return click.Choice(["graph", "hdbscan"])
    words = kind.split(" | ")
    if "str" in words:
        return number_or_name if "int" in words else str
    return next((t for t in (int, float, bool) if t.__name__ in words), str)


def _flat(ctx: click.Context, option: click.Parameter, value: tuple[list[str], ...]) -> list[str]:
    return [phrase for several in value for phrase in several]
