"""The demonstration: the real kiosk, console, worker, card service and INSi client, on simulated devices.

``python -m tests.demo`` plays a patient and a member of staff from start to end with real input and ends by itself;
``--interactive`` keeps everything up for a person. The tests of the whole walk use the same stage.
"""
