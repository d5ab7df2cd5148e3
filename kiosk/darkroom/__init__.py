"""The process that films and reads: camera, OpenCV, recognisers. It has no keys, no network, and no files but its own.

A picture that breaks one of the libraries breaks this process, which holds one document and no secret. What it answers
is believed by nobody: ``kiosk.app.darkroom`` takes it as it takes anything from outside.
"""
