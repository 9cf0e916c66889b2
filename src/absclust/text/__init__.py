"""Words, languages and phrases of texts."""
