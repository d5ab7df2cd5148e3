"""The workers behind the screen."""
