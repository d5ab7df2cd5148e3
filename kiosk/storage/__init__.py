"""The kiosk's outbox: what must leave is written here first, sealed, and leaves once."""
