"""Use cases of people: sign-in, seats, access tokens."""
