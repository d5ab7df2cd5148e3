"""The keys' own database: a key per visit and per person, apart from the database of what they open and its backups."""
