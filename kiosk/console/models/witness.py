"""What was seen of the trail from outside, and what was found not to be as it was written. Numbers and hashes only."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from kiosk.console.models.proven import Proven


class Witness(Proven):
    """The head of the moment when one witness last brought one that the trail held: a kiosk, or a file beside it."""

    by = models.CharField(max_length=80, primary_key=True)  # "kiosk:borne-1", "file:accueil"
    number = models.BigIntegerField(default=0)
    head = models.CharField(max_length=300, blank=True)  # as it was signed: number, hash, time
    brought_at = models.DateTimeField(null=True)
    refused = models.PositiveBigIntegerField(default=0)  # what it brought that this console never signed

    BESIDE: ClassVar[Mapping[str, str]] = {"refused": "a count, told to the technician: nothing rests on it"}

    def __str__(self) -> str:
        return f"{self.by} {self.number}"


class Finding(Proven):
    """One thing found: looked up here, proven by its act of the trail. Seen when the trail says so."""

    name = models.CharField(max_length=60, primary_key=True)  # code and what it is about
    code = models.CharField(max_length=20)
    by = models.CharField(max_length=80, blank=True)  # the witness that showed it
    evidence = models.CharField(max_length=300, blank=True)  # the signed head that the trail does not hold
    found_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField()

    BESIDE: ClassVar[Mapping[str, str]] = {"last_at": "when it was last met: told to nobody, decides nothing"}

    @property
    def about(self) -> str:
        return self.name.partition(":")[2]

    def __str__(self) -> str:
        return self.name


class Inspection(Proven):
    """How far the worker has come in reading everything again, told to others; it goes on where it remembers."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.CharField(max_length=120, blank=True)  # where it was left; empty: at the end
    ran_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)  # when everything had been read, the last time

    BESIDE: ClassVar[Mapping[str, str]] = {"ran_at": "when it was last read: told, and no worker waits for it"}

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
