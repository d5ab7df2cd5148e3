"""The appli carte Vitale (ApCV): what a phone brought is verified here, for the console; nobody reads one here.

How an attestation is written is known to its verifier alone: no contract of the GIE SESAM-Vitale is public. Ours is a
simulated one, between a simulated phone and the demonstration.
"""
