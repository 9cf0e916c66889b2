"""Whatever came in -> distinct papers in a canonical order."""
