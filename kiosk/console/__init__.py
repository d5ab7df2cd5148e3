"""The staff's console: queue, comparison, decision, trace."""
