"""Adapters to AWS services besides the table: queues, files, mail."""
