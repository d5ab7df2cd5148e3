"""A kiosk seen from outside, with its screen filmed and its network watched: does it tell what INSi answered?"""
