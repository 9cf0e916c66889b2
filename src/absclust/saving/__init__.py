"""A ThemeMap <-> a folder."""
