"""Papers of each theme -> its name, from the phrases they use, in their language."""
