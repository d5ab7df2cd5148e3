"""The patient's screens as a patient meets them: drawn, read, pressed."""
