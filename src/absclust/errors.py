"""The errors that absclust raises on purpose.

::

    AbsclustError
    ├── InputError            (also ValueError)  what was passed in can't be used
    │   ├── InputTypeError    (also TypeError)   a value has the wrong type
    │   └── EmptyCorpusError                     no row has text
    ├── EmbedderError                            an embedder can't be loaded or gives no vectors
    ├── OptionError           (also ValueError)  an option is out of range
    ├── ReadError                                a file can't be read
    └── StoreError                               a map can't be saved, or a saved one loaded
"""


class AbsclustError(Exception):
    """Base of every error that absclust raises on purpose."""


class InputError(AbsclustError, ValueError):
    """What was passed in can't be used; the message says which row or column."""


class InputTypeError(InputError, TypeError):
    """A value has the wrong type; the message names its row."""


class EmptyCorpusError(InputError):
    """No row has text to cluster."""


class EmbedderError(AbsclustError):
    """An embedder can't be loaded, or what it gives are no usable vectors."""


class OptionError(AbsclustError, ValueError):
    """An option has a value that can't be used."""


class ReadError(AbsclustError):
    """A file is missing, broken, or of an unknown format."""


class StoreError(AbsclustError):
    """A map can't be saved to a folder, or what a folder holds is no sound saved map."""
