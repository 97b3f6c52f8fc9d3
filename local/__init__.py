"""The local server: Groundswell on one machine, with a local AWS instead of an account.

Nothing here is deployed. `chalicelib` never imports it.
"""
