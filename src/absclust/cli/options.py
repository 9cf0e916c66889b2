"""Options of the commands: their types, defaults and help are those of the functions they go to."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from absclust.atomic import content_of
from absclust.errors import OptionError
from absclust.io.read import decoded
from absclust.packaged import packaged
from absclust.themes.plan import read_toml

_TABLES = packaged("cli/options.toml")


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
        lines = map(str.strip, decoded(content_of(value[1:], OptionError)).splitlines())
        return [line for line in lines if line and not line.startswith("#")]
    if Path(value).exists():
        raise click.BadParameter(
            f"{value} is a file or a folder; expected one phrase. @{value} reads phrases from a "
            "file, one a line."
        )
    return [value]


def pair(value: str) -> list[tuple[str, str]]:
    """Return what stands before and after the first equals sign."""
    ours, sign, theirs = value.partition("=")
    if not (ours and sign and theirs):
        raise click.BadParameter(f"{value!r}; expected NAME=COLUMN, such as title=Titel.")
    return [(ours, theirs)]


def number_or_name(value: str) -> int | str:
    """Return a theme's number as an int, or its name."""
    return int(value) if value.isdecimal() else value


def number_or_word(value: str) -> float | str:
    """Return a number, or the word that stands for one."""
    try:
        return float(value)
    except ValueError:
        return value


# The type of a value, by how its annotation begins; all others are text.
_TYPES: dict[str, Any] = {
    "Sequence[str]": phrases,
    "Sequence[tuple": pair,
    "SeedThemes": read_toml,
    "Granularity": number_or_word,
    "ClustererLike": click.Choice(["graph", "hdbscan"]),
    "int | str": number_or_name,
    "int": int,
    "float": float,
    "bool": bool,
    "Path": click.Path(path_type=Path),
    "tuple[Path": click.Path(path_type=Path),
}


def summary(function: Callable[..., Any]) -> str:
    """Return what a function's docstring says before its parameters."""
    # Python run with -OO has no docstrings.
    return (inspect.getdoc(function) or "").partition("\n\nParameters\n")[0]


def parameters(function: Callable[..., Any], *sources: Callable[..., Any]) -> list[click.Parameter]:
    """Return the arguments and options of a command: the parameters of its function.

    What it takes as ``**options`` are all that can be given by name to the sources. What its own
    docstring doesn't explain, those of the sources do.
    """
    taken = dict(inspect.signature(function).parameters)
    if list(taken.values())[-1].kind is inspect.Parameter.VAR_KEYWORD:
        taken.popitem()
        for source in sources:
            for name, parameter in inspect.signature(source).parameters.items():
                if parameter.kind is parameter.KEYWORD_ONLY and name not in _TABLES["of_python"]:
                    taken.setdefault(name, parameter)
    return [
        _argument(parameter)
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        else _option(parameter, *_documented(name, function, *sources))
        for name, parameter in taken.items()
    ]


def _documented(name: str, *functions: Callable[..., Any]) -> tuple[str | None, str]:
    """Return what docstrings say a parameter is called and is, as far as it is of a shell."""
    pattern = re.compile(
        rf"^(?:\w+, )*{name}(?:, \w+)*(?: : (?P<kind>.*))?\n(?P<text>(?: +.*\n?)+)", re.MULTILINE
    )
    found = (pattern.search(inspect.getdoc(function) or "") for function in functions)
    section = next(filter(None, found), None)
    if section is None:
        return None, ""
    clauses = " ".join(section["text"].split()).split("; ")
    of_python = tuple(_TABLES["not_of_a_shell"])
    words = "; ".join(clause for clause in clauses if not clause.startswith(of_python))
    words = re.sub(r"``(\w+_\w+)``", lambda found: _flag(found[1]), words)  # another option
    words = re.sub(r"\[(\"[^\"]*\")\]", r"\1", words.replace("``", ""))  # a list of one phrase
    kind = section["kind"] or ""
    return kind if kind[:1].isupper() else None, f"{words.rstrip('.')}."


def _argument(parameter: inspect.Parameter) -> click.Argument:
    kind = str(parameter.annotation)
    return click.Argument(
        [parameter.name],
        type=_type_of(kind),
        nargs=-1 if kind.startswith("tuple") else 1,
        required=parameter.default is parameter.empty,
        metavar=_TABLES["metavars"].get(parameter.name),
    )


def _option(parameter: inspect.Parameter, called: str | None, text: str) -> Option:
    kind, name = str(parameter.annotation), parameter.name
    more = (words for start, words in _TABLES["in_a_shell"].items() if kind.startswith(start))
    settings: dict[str, Any] = {"help": text + "".join(more), "type": _type_of(kind)}
    if kind.startswith("Sequence"):
        settings |= {"multiple": True, "callback": _flat}
    else:
        settings |= {"default": parameter.default, "is_flag": kind == "bool"}
        settings["show_default"] = parameter.default is not None
    return Option([_flag(name), name], metavar=called or _TABLES["metavars"].get(name), **settings)


def _flag(name: str) -> str:
    if name == "columns":
        return "--column"  # it is given once for each
    return f"{'-' if len(name) == 1 else '--'}{name.replace('_', '-')}"


def _type_of(kind: str) -> Any:
    """Return click's type for an annotation."""
    if kind.startswith("Literal"):
        return click.Choice(re.findall(r"['\"]([\w-]+)['\"]", kind))
    return next((known for start, known in _TYPES.items() if kind.startswith(start)), str)


def _flat(ctx: click.Context, option: click.Parameter, value: tuple[list[Any], ...]) -> list[Any]:
    return [single for several in value for single in several]
