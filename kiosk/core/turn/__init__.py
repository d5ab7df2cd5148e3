"""One patient's turn at the kiosk, as one pure function: ``step``."""
