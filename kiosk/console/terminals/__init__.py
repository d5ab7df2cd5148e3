"""The kiosks as the console knows them: how they are enrolled, how they are."""
