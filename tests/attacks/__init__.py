"""Attackers: each file plays one from outside, against what is served. Those that take minutes are ``long_attack``."""
