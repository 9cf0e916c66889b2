"""The result: themes on the foundation that they were made from."""
