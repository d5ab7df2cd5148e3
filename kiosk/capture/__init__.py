"""Pictures in, readings out: guidance, rectification, recognition. OpenCV lives here; nothing is written to disk."""
