"""What staff reads of a card's oddities."""

from kiosk.console.identities.noticing import _ANOMALIES
from kiosk.core.sources.card import CardAnomaly


def test_staff_has_a_sentence_for_every_anomaly_of_a_card() -> None:
    assert set(_ANOMALIES) == {anomaly.value for anomaly in CardAnomaly}
