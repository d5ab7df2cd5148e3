"""Who works here and what they may see: accounts, second factors, rights, emergencies."""
