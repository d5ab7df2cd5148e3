"""What kiosks ask INSi through the console: kept, asked at once, and kept closed until the check-in that names it."""
