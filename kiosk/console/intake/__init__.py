"""What kiosks send, taken in: whose it is, whether it was here before, what it asks of staff."""
