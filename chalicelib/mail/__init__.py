"""The letters that Groundswell writes, as plain text and as HTML from the same source."""
