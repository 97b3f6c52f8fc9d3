"""Emails, bounced addresses and webhooks."""
