"""What is established about an identity (statut), what changes it, and what it permits."""
