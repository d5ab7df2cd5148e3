"""Devices: bytes, frames, "a card is in". Nothing here knows a patient."""
