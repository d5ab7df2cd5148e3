"""What a patient sees and touches (écrans de la borne): shows a screen's value, posts touches, decides nothing.

It never knows a device, a network, a file of a patient or why a screen follows another. Importing it has no side
effect: Kivy starts when a KioskWindow is made.
"""
