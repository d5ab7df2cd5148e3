"""Whole walks on the real stack: what happens to the patient, and to what they gave, when something breaks."""
