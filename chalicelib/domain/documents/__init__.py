"""Documents before the Board, and the discussion of each."""
