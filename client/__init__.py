"""A command-line client of the API, as an example of its use. It needs Python and nothing else."""
