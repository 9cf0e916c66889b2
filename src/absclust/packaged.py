"""Tables in TOML that stand beside the code that uses them."""

import tomllib
from importlib.resources import files
from typing import Any


def packaged(path: str) -> dict[str, Any]:
    """Return what a file of this package holds.

    Examples
    --------
    >>> packaged("corpus/columns.toml")["columns"]["title"][:2]
    ['title', 'article title']
    """
    return tomllib.loads(files("absclust").joinpath(path).read_text("utf-8"))
