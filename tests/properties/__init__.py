"""A whole console played with: HTTP pages, kiosks and worker on a real database, and 23 properties after each act.

``make properties`` plays thousands of random sequences; the tests here play the directed ones, and 200 random.
"""
