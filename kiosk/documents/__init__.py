"""Bytes and text in, core values out: card files, machine-readable zones, seals. It never knows a device or a picture."""
