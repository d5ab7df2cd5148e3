"""The approval kit: a test book is played against INSi's test environment, and what happened is kept, signed.

It knows fictitious people only: it plays nothing in production.
"""
