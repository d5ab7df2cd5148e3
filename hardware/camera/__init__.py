"""Cameras: V4L2 through OpenCV, and films that stand in for one."""
