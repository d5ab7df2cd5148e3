"""What is installed: the wheel, the locks, the two roles. What needs a network is tried by ``make wheel-test``."""
