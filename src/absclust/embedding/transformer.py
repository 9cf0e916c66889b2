"""Embedding by a sentence-transformers model, given by name or path."""

import hashlib
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from importlib.util import find_spec
from os.path import isdir  # which is False, and no error, for a name that is too long
from pathlib import Path
from typing import Any

import numpy as np

from absclust.arrays import FloatArray
from absclust.errors import EmbedderError, MissingPackageError

MAX_TOKENS = 96
_MODEL_FILES = ("modules.json", "config.json")  # one of which a model's folder has
_PATIENCE_S = 10.0  # how long the model hub may take to answer


@dataclass(eq=False)
class TransformerEmbedder:
    """A sentence-transformers model.

    Parameters
    ----------
    name : str
        Name on the model hub, or path of a local folder.
    device : str, optional
        ``"cpu"``, ``"cuda"`` or ``"mps"``; by default the best one available.
    batch_size : int, default 64
        Texts encoded at a time.
    max_tokens : int, default 96
        How many tokens of each text (title, then abstract) are read. Time grows in
        proportion; more tokens help if there are no titles (docs/embedding.md).
    prompt : str, optional
        Prefix for each text, for models that were trained with one.

    Examples
    --------
    >>> embedder = TransformerEmbedder("all-MiniLM-L6-v2", device="cpu", batch_size=32)
    >>> embedder.max_tokens
    96
    """

    name: str
    _: KW_ONLY
    device: str | None = None
    batch_size: int = 64
    max_tokens: int = MAX_TOKENS
    prompt: str | None = None
    _model: Any = field(default=None, init=False, repr=False)

    @property
    def cache_key(self) -> str:
        """All that vectors depend on besides the text: model, revision, and options."""
        revision = model_revision(self.name)
        if not revision:  # the model is not on the disk yet
            self._load()
            revision = model_revision(self.name)
        return (
            f"sentence-transformers {self.name} {revision} max_tokens={self.max_tokens} "
            f"prompt={self.prompt!r}"
        )

    def encode(self, sentences: Sequence[str], /) -> FloatArray:
        """Return float32 vectors of unit length, shape (len(sentences), d).

        Raises
        ------
        EmbedderError
            If the model can't be loaded; the message says what to do.
        MissingPackageError
            If sentence-transformers or torch are missing.
        """
        vectors = self._load().encode(
            list(sentences),
            batch_size=self.batch_size,
            prompt=self.prompt,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> Any:
        if self._model is not None:
            return self._model
        if not _installed("sentence_transformers", "torch"):
            raise MissingPackageError(
                f"the model {self.name!r} needs sentence-transformers and torch, which are not "
                "installed: pip install sentence-transformers. embedder='builtin', the default, "
                "needs neither"
            )
        try:
            if not model_revision(self.name):
                if isdir(self.name):
                    raise ValueError("the folder holds no model")  # noqa: TRY301
                _reach_hub(self.name)
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(self.name, device=self.device)
        except Exception as error:  # the library raises many types
            cause = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            raise EmbedderError(
                f"can't load the sentence-transformers model {self.name!r} ({cause}). "
                "Check the name and the connection to the model hub, or give the path of a "
                "folder with the model; the default, embedder='builtin', needs no download"
            ) from None  # what the libraries went through would hide the message
        longest = model.max_seq_length
        if longest and np.isfinite(longest):  # a static model reads all tokens cheaply
            model.max_seq_length = min(self.max_tokens, int(longest))
        self._model = model
        return model


def model_revision(name: str) -> str:
    """Return what identifies this version of a model, without loading the model.

    That is a hash of the files for a folder, and for a name the revision on the disk,
    or "" if there is none.
    """
    folder = Path(name)
    if isdir(name):
        if not any((folder / file).is_file() for file in _MODEL_FILES):
            return ""  # without reading all of what may be a whole disk
        digest = hashlib.blake2b(digest_size=16)
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(str(file.relative_to(folder)).encode("utf-8", "surrogatepass"))
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "blake2b").digest())
        return digest.hexdigest()
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(_repository(name), "config.json")
    except ValueError:  # no model can have that name; loading it says so
        return ""
    return Path(config).parent.name if isinstance(config, str) else ""


def _reach_hub(name: str) -> None:
    """Raise an error if the model hub doesn't answer; loading a model would retry for a minute."""
    from huggingface_hub import model_info
    from huggingface_hub.errors import HfHubHTTPError

    try:
        model_info(_repository(name), timeout=_PATIENCE_S)
    except HfHubHTTPError:  # an answer, even if only that the name is another organisation's
        return


def _repository(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"


def _installed(*modules: str) -> bool:
    try:
        return all(find_spec(name) for name in modules)
    except (ModuleNotFoundError, ValueError):  # there is no parent, or no module by that name
        return False
