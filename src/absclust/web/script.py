"""The page's ES modules joined into one script: a self-contained page can't load them.

Each module becomes a function of its own, after those that it imports, so that their names don't
clash. Only plain forms of import and export can be joined; any other is an error, not a page that
fails in the browser.
"""

from __future__ import annotations

import re
from importlib.resources import files

PARTS = files("absclust.web").joinpath("parts")  # of the page: a template, a style sheet, modules

_IMPORT = re.compile(r'^import \{([^{}]*)\} from "\./(\w+)\.mjs";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^\s*(?:im|ex)port\b.*|\bimport\s*[(.].*", re.MULTILINE)


def joined_modules(sources: dict[str, str], entry: str) -> str:
    """Return a script that runs the function ``start`` of a module, and all that it imports.

    Parameters
    ----------
    sources
        The text of each module, by the name of its file without ``.mjs``.
    entry
        The module that exports ``start``.

    Raises
    ------
    ValueError
        If a module imports or exports in another form than ``import { name } from
        "./module.mjs";``, ``export const`` and ``export function``; if it imports what isn't
        there; if modules import each other in a circle; or if one is never imported.

    Examples
    --------
    >>> print(joined_modules({"main": "export const start = () => 1;"}, "main"))
    const _main = (() => {
    const start = () => 1;
    return { start };
    })();
    _main.start();
    <BLANKLINE>
    """
    exported = {name: _EXPORT.findall(source) for name, source in sources.items()}
    bodies = {name: _EXPORT.sub("", source) for name, source in sources.items()}
    for name, body in bodies.items():
        if other := _OTHER.search(_IMPORT.sub("", body)):
            raise ValueError(f"{name}.mjs: can't join {other[0].strip()!r}; see web/script.py")
    parts: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"modules import each other in a circle: {(*importers, name)}")
        if name in parts:
            return
        for names, other in _IMPORT.findall(sources[name]):
            wanted = [each.strip() for each in names.split(",") if each.strip()]
            missing = [each for each in wanted if each not in exported.get(other, ())]
            if missing:
                raise ValueError(f"{name}.mjs imports {missing}, which {other}.mjs doesn't export")
            add(other, (*importers, name))
        body, given = _IMPORT.sub(r"const {\1} = _\2;", bodies[name]), ", ".join(exported[name])
        parts[name] = f"const _{name} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n"

    add(entry, ())
    if unused := sorted(sources.keys() - parts.keys()):
        raise ValueError(f"no module imports {unused}; remove the files or import them")
    return "".join(parts.values()) + f"_{entry}.start();\n"


def page_script() -> str:
    """Return the script of the interactive page."""
    modules = [part for part in PARTS.iterdir() if part.name.endswith(".mjs")]
    sources = {part.name.removesuffix(".mjs"): part.read_text("utf-8") for part in modules}
    return joined_modules(sources, "main")
