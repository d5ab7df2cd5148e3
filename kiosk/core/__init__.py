"""The domain: who a person is and what may be done with that knowledge (identitovigilance).

Standard library only. It never knows a device, a file, a network, a screen or the clock.
"""
