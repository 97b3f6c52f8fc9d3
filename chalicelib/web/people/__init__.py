"""Pages and API of people: sign-in, seats, access tokens."""
