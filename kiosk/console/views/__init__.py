"""Staff pages: what a request shows or does; rules live beside, in plain modules."""
