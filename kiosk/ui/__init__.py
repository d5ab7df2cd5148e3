"""The patient's window: shows a screen, posts touches, decides nothing."""
