"""Saving a ThemeMap to a folder, and loading it."""
