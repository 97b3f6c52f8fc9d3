"""Measurements, each a module that `script/bench NAME` runs. `support` holds what they share."""
