"""Questions to a finished map."""
