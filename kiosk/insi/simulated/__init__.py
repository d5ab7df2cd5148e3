"""The other end of INSi for demonstration and tests: as strict as the real one, refused in production."""
