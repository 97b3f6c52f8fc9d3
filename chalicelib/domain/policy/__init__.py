"""The association's rules, read from `policy.toml`."""
