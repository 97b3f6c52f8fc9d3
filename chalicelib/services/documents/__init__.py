"""Use cases of documents before the Board."""
