"""Vectors -> neighbour graph -> themes, how far to trust them, and their map."""
