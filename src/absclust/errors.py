"""The errors that absclust raises on purpose.

::

    AbsclustError
    ├── InputError            (also ValueError)  what was passed in can't be used
    │   ├── InputTypeError    (also TypeError)   a value has the wrong type
    │   └── EmptyCorpusError                     no row has text
    ├── EmbedderError                            an embedder can't be loaded or gives no vectors
    ├── NamerError                               a namer can't be used
    ├── MissingPackageError   (also ImportError) a package that is not required is not there
    ├── OptionError           (also ValueError)  an option is out of range
    │   └── UnknownThemeError (also IndexError)  there is no theme of that number
    ├── ReadError                                a file can't be read
    ├── StoreError                               a map can't be saved, or a saved one loaded
    └── WriteError                               a file can't be written
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


class NamerError(AbsclustError):
    """A namer can't be used: what it gives are no names."""


class MissingPackageError(AbsclustError, ImportError):
    """A package that absclust does not require is needed here; the message says which."""


class OptionError(AbsclustError, ValueError):
    """An option has a value that can't be used."""


class UnknownThemeError(OptionError, IndexError):
    """There is no theme of that number in the map."""


class ReadError(AbsclustError):
    """A file is missing, broken, or of an unknown format."""


class NamingWarning(UserWarning):
    """Some themes got no name from the namer and keep their keyword names."""


class WriteError(AbsclustError):
    """A file can't be written; what was there before is still there."""


class StoreError(AbsclustError):
    """A map can't be saved to a folder, or what a folder holds is no sound saved map."""
