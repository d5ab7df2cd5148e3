"""What one turn at the kiosk collected, as a value and as bytes."""
