"""Pages and API of email and webhooks."""
