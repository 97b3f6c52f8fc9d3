"""Pages and API of documents before the Board."""
