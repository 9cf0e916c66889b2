"""Read papers from files, and write papers with their themes to files."""
