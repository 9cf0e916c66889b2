"""Any accepted input -> distinct papers in a canonical order."""
