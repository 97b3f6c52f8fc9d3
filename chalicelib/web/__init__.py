"""Pages and the JSON API. A view reads the request, runs one command, shows the result."""
