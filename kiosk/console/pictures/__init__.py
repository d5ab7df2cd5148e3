"""Copies of documents for staff's eyes: what a kiosk sent is decoded elsewhere, and never shown itself."""
