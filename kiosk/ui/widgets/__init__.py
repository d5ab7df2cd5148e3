"""The pieces every screen is made of. Importing these starts Kivy: only the stage does."""
