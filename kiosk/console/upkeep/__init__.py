"""What is done when nobody looks: INSi asked again, what must go removed, keys and copies."""
