"""How a saved map describes its embedder, and how the embedder is found again."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from absclust.embedding.builtin import model_hash
from absclust.embedding.embed import LEARNT, FittedEmbedding
from absclust.embedding.embedder import EmbedderLike, MissingEmbedder
from absclust.embedding.transformer import TransformerEmbedder, model_revision
from absclust.errors import OptionError

_HUB_NAME = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)?")
_MAY_RUN = {".py", ".pyc", ".so", ".dll", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
_OPTIONS = {"max_tokens": int, "prompt": str | None}  # that vectors depend on
# What a model's files call its parts: classes of sentence-transformers itself, whose loading runs
# nothing that the files hold. Other names could be those of functions that unpickle a file.
_OWN_CLASS = re.compile(r"sentence_transformers(?:\.\w+)*\.[A-Z]\w*")
_PASS_IT = "pass it, absclust.load(folder, embedder=...), to embed new papers"


def describe_embedder(encoder: FittedEmbedding | None) -> dict[str, Any]:
    """Return plain values from which the embedder can be found again."""
    if encoder is None:
        return {"kind": "given"}
    embedder = encoder.embedder
    if isinstance(embedder, MissingEmbedder):
        return embedder.about
    if encoder.fitted is not None:
        return {"kind": embedder, "model": model_hash()}
    if isinstance(embedder, str):
        embedder = TransformerEmbedder(embedder)
    if type(embedder) is TransformerEmbedder:
        local = Path(embedder.name).is_dir()
        return {
            "kind": "folder" if local else "hub",
            "name": str(Path(embedder.name).resolve()) if local else embedder.name,
            "revision": model_revision(embedder.name),
            "options": {name: getattr(embedder, name) for name in _OPTIONS},
        }
    kind = type(embedder)
    named = embedder if hasattr(embedder, "__qualname__") else kind
    return {"kind": "object", "name": f"{named.__module__}.{named.__qualname__}"}


def find_embedder(
    about: dict[str, Any], given: EmbedderLike | None = None, *, trust_model: bool = False
) -> EmbedderLike | None:
    """Return the described embedder or the one given, or a ``MissingEmbedder`` if there is none.

    A model in a folder is used only if the user trusts it, it is the same to the byte, and
    contains nothing that could run when it is loaded: whoever sends a map could send such a
    folder with it.

    Raises
    ------
    ValueError, TypeError or KeyError
        If the description is not valid.
    OptionError
        If one is given that isn't needed.
    """
    kind: str = about["kind"]
    if given is not None:
        if kind in LEARNT:
            raise OptionError(
                f"embedder is given, but this map was made with {kind!r}, which needs none; leave "
                "it out"
            )
        return given
    missing = partial(MissingEmbedder, about)
    if kind == "given":
        return None
    if kind == "lsa" or (kind == "builtin" and about["model"] == model_hash()):
        return kind
    if kind == "builtin":
        return missing(
            "this map was made with another version of the built-in model; install the version "
            "of absclust that saved it (map.json in the file says which), or cluster again",
        )
    name = about["name"]
    if kind == "object":
        return missing(f"this map was made with {name}; {_PASS_IT}")
    if kind not in ("hub", "folder"):
        raise ValueError("the kind of embedder is unknown")
    options = {option: about["options"][option] for option in _OPTIONS}
    if not all(isinstance(options[option], kinds) for option, kinds in _OPTIONS.items()):
        raise TypeError("the embedder's options have wrong types")
    if options["max_tokens"] < 1:
        raise ValueError("the embedder reads no tokens")
    embedder = TransformerEmbedder(name, **options)
    if kind == "folder" and not trust_model:
        return missing(
            f"this map names a sentence-transformers model in the folder {name!r}, which is loaded "
            "only if you say so: absclust.load(path, trust_model=True), if you trust it; or "
            f"{_PASS_IT}",
        )
    if kind == "hub":
        is_usable = bool(_HUB_NAME.fullmatch(name)) and not Path(name).exists()
    else:
        model = Path(name)
        is_usable = (
            model.is_absolute()
            and model.is_dir()
            and not any(map(_may_run, model.rglob("*")))
            and model_revision(name) == about["revision"]
        )
    if is_usable:
        return embedder
    return missing(
        f"this map was made with the sentence-transformers model {name!r}, which is missing, has "
        f"changed, or contains files that may run code; {_PASS_IT}",
    )


def _may_run(file: Path) -> bool:
    """Whether loading a model with this file might run it, or a class that is not the library's."""
    if file.suffix.lower() != ".json":
        return file.suffix.lower() in _MAY_RUN
    named: list[Any] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, value in pairs:
            if key in ("type", "types"):
                named.extend(value.values() if isinstance(value, dict) else [value])
        return dict(pairs)

    try:
        json.loads(file.read_bytes(), object_pairs_hook=note)
    except (OSError, ValueError, RecursionError):
        return True
    dotted = (name for name in named if isinstance(name, str) and "." in name)
    return not all(map(_OWN_CLASS.fullmatch, dotted))
