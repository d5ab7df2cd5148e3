"""How often somebody was wrong at the door lately. Nothing here says who, or where: keyed fingerprints."""

from django.db import models


class Guess(models.Model):
    """A count that begins again when its time is over: of an account, an address, a browser, or of what serves once."""

    about = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)  # the first of them: later ones do not make the time longer

    def __str__(self) -> str:
        return f"{self.count}"
