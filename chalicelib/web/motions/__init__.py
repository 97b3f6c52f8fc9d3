"""Pages and API of motions and votes."""
