"""A slot for cards: PC/SC for the real one, the same Protocol for the simulated."""
