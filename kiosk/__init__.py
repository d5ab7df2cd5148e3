"""The check-in kiosk (borne d'accueil) and its staff console: one patient, one right identity."""

__version__ = "0.2.0.dev0"
