"""The words, languages and phrases of texts."""
