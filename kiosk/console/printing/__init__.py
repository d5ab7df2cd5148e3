"""What a patient takes home, set as PDF by a process of its own. It knows a page of ours, and nobody in it."""
