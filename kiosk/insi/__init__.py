"""The national identity service (téléservice INSi): who asks, what it answers, and a simulator to ask instead.

Knows SOAP, certificates and the service's manners; never knows a screen, a card reader or what staff will decide.
"""
