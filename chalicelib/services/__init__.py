"""Use cases: read, decide under the rules, write in one transaction, tell who needs to know."""
