"""People, their seats and roles, and how they sign in."""
