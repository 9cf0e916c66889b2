"""The interactive theme map: one self-contained page."""
