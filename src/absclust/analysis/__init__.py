"""Analyses of a finished map."""
