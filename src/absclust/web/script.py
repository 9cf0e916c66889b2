"""The page's ES modules joined into one script: a self-contained page can't load them.

Each module becomes a function of its own, after those that it imports, so that their names don't
clash. Only plain forms of import and export can be joined; any other is an error, not a page that
fails in the browser.
"""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
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
    imports = {name: _IMPORT.findall(source) for name, source in sources.items()}
    for name, source in sources.items():
        if other := _OTHER.search(_IMPORT.sub("", _EXPORT.sub("", source))):
            raise ValueError(f"{name}.mjs: can't join {other[0].strip()!r}; see web/script.py")
    for name, found in imports.items():
        for names, other in found:
            wanted = {each.strip() for each in names.split(",")} - {""}
            if missing := sorted(wanted.difference(exported.get(other, ()))):
                raise ValueError(f"{name}.mjs imports {missing}, which {other}.mjs doesn't export")
    uses = {name: [other for _, other in found] for name, found in imports.items()}
    order = list(TopologicalSorter(uses).static_order())  # a circle is an error
    if unused := sorted(sources.keys() - {entry}.union(*uses.values())):
        raise ValueError(f"no module imports {unused}; remove the files or import them")
    parts = [
        f"const _{name} = (() => {{\n"
        + _IMPORT.sub(r"const {\1} = _\2;", _EXPORT.sub("", sources[name]))
        + f"\nreturn {{ {', '.join(exported[name])} }};\n}})();\n"
        for name in order
    ]
    return "".join([*parts, f"_{entry}.start();\n"])


def page_script() -> str:
    """Return the script of the interactive page."""
    names = sorted(part.name for part in PARTS.iterdir() if part.name.endswith(".mjs"))
    sources = {name.removesuffix(".mjs"): PARTS.joinpath(name).read_text("utf-8") for name in names}
    return joined_modules(sources, "main")
