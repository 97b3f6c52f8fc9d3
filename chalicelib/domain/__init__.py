"""The rules, pure: no AWS, no HTTP, no clock of their own. Only the standard library."""
