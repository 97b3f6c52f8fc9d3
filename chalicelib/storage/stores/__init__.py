"""One store for each feature, over the table."""
