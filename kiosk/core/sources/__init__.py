"""What each source said: the carte Vitale, the identity document, INSi. Nothing is compared here."""
