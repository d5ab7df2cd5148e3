"""The keys' tables as a Django application of their own: they are migrated, and kept, apart."""

from django.apps import AppConfig


class KeyStoreConfig(AppConfig):
    name = "kiosk.console.keystore"
    label = "keys"
    default_auto_field = "django.db.models.BigAutoField"
