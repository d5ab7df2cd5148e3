"""Bytes and text in, core values out: card files, machine-readable zones, seals. It knows no device and no picture."""
