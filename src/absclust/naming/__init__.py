"""Themes' papers -> names: phrases counted and weighed, in the papers' language."""
