"""Photographs and films of specimens (``kiosk.training`` draws them, marked SPÉCIMEN), with known truth.

Run ``python -m tests.specimens --help``. No genuine security feature is imitated, and nothing is
committed.
"""
