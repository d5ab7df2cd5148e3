"""The identity-vigilance unit's work (cellule d'identitovigilance): look-alikes, campaigns, indicators."""
