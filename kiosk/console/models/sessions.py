"""The sessions of members of staff, as the database keeps them: who reads the table takes nobody's place."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.module_loading import import_string

from kiosk.console.models.proven import Proven, proving
from kiosk.console.models.staff import Staff


class Session(Proven, AbstractBaseSession):
    """One session. ``session_key`` is a keyed fingerprint of what the browser holds, and the proof binds all to it."""

    staff = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="sessions")  # null: nobody's yet

    objects: ClassVar[BaseSessionManager[Self]] = proving(BaseSessionManager())

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
