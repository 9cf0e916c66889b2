"""Papers -> vectors."""
