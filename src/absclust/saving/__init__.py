"""Saving a ThemeMap as a file, and loading it."""

MAP = "map.zip"  # the name of the file in a folder
