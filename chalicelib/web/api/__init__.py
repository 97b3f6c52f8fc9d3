"""The JSON API: every command and every page, for programs.

`operations` is what there is, `entrance` what each request goes through, `openapi` the document
made of both; the other modules read or run.
"""
