"""Draws identity documents of fictitious people, marked SPÉCIMEN, photographs and films of them, with known truth.

Run ``python -m tests.specimens --help``. No genuine security feature is imitated, and nothing is
committed.
"""
