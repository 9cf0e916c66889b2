"""The page's ES modules joined into one script: a self-contained page can't load them.

Each module becomes a function of its own, after those that it imports, so that their names don't
clash. Only plain forms can be joined, ``import { name } from "./module.mjs";``, ``export const``
and ``export function``; tests see that there are no others.
"""

import re
from graphlib import TopologicalSorter
from importlib.resources import files

PARTS = files("absclust.web").joinpath("parts")  # of the page: a template, a style sheet, modules

_IMPORT = re.compile(r'^import \{([^{}]*)\} from "\./(\w+)\.mjs";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function) (\w+))", re.MULTILINE)


def joined_modules(sources: dict[str, str], entry: str) -> str:
    """Return a script that runs the function ``start`` of a module, and all that it imports.

    Parameters
    ----------
    sources
        The text of each module, by the name of its file without ``.mjs``.
    entry
        The module that exports ``start``.

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
    uses = {
        name: [other for _, other in _IMPORT.findall(source)] for name, source in sources.items()
    }
    order = TopologicalSorter(uses).static_order()  # a circle is an error
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
