"""What is used of Kivy, which has no types of its own."""
