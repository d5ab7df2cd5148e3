"""What outside the database has seen of the trail: heads signed, handed out, brought back and compared."""
