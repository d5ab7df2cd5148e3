"""Who has come and waits: the queue (file d'attente)."""
