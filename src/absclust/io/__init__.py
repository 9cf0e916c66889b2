"""Files -> a table of papers, and papers -> files."""
