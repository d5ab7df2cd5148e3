"""The national teleservice INSi: the one place that knows zeep; its simulator stands beside it."""
