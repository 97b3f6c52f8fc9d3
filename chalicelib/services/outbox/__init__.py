"""Use cases of email and webhooks."""
