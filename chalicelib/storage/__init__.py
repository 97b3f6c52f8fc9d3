"""Keeps domain values in one DynamoDB table. Keys and costs: docs/data-model.md."""
