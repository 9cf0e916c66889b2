"""Papers that came after the themes were made."""
