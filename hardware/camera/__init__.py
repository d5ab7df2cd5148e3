"""Cameras: V4L2 through OpenCV, a Pi's own through rpicam-vid, and films that stand in for one."""
