"""Carries out what ``turn.step`` asks for: owns the threads, the clock and the one event queue.

One worker for each thing that can keep one waiting (card, document, INSi, disk, console): the patient's screen waits
for none of them.
"""
