"""The version of absclust."""

__version__ = "0.1.0"
