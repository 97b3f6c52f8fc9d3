"""Personal data: how long it is kept, and its erasure."""
