"""The version of absclust: what pip installed, which was read from the tag."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("absclust")
except PackageNotFoundError:  # run from a folder of source that was never installed
    __version__ = "0+unknown"
