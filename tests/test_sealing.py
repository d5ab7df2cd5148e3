"""Sealing and signing: what leaves the kiosk opens for the structure alone, and only unaltered."""

from pathlib import Path

import pytest

from kiosk import sealing

PRIVATE = sealing.generate_recipient()
OTHER = sealing.generate_recipient()


def test_what_is_sealed_opens_for_the_structure() -> None:
    sealed = sealing.seal(b"a patient arrived", PRIVATE.public_key, b"check-in:1")
    assert b"patient" not in sealed
    assert sealing.sealed_for(sealed) == PRIVATE.public_key.key_id
    assert sealing.open_sealed(sealed, PRIVATE, b"check-in:1") == b"a patient arrived"


def test_a_seal_opens_with_no_other_key_and_in_no_other_context() -> None:
    sealed = sealing.seal(b"x", PRIVATE.public_key, b"check-in:1")
    for key, context in ((OTHER, b"check-in:1"), (PRIVATE, b"check-in:2")):
        with pytest.raises(sealing.CannotOpen):
            sealing.open_sealed(sealed, key, context)


def test_a_seal_altered_in_any_byte_does_not_open() -> None:
    sealed = sealing.seal(b"x", PRIVATE.public_key, b"c")
    for position in range(0, len(sealed), 7):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(sealing.CannotOpen):
            sealing.open_sealed(bytes(altered), PRIVATE, b"c")
    for length in range(0, len(sealed), 50):
        with pytest.raises(sealing.CannotOpen):
            sealing.open_sealed(sealed[:length], PRIVATE, b"c")


def test_a_lock_opens_with_its_key_in_its_context_unaltered_and_not_otherwise() -> None:
    key, other = sealing.generate_key(), sealing.generate_key()
    locked = sealing.lock(b"a patient arrived", key, b"visit:1")
    assert (b"patient" in locked, len(locked)) == (False, 17 + 28)
    assert locked != sealing.lock(b"a patient arrived", key, b"visit:1")
    assert sealing.unlock(locked, key, b"visit:1") == b"a patient arrived"
    touched = [bytes(byte ^ (at == place) for at, byte in enumerate(locked)) for place in range(len(locked))]
    cut = [locked[:length] for length in range(len(locked))]
    tries = [(locked, other, b"visit:1"), (locked, key, b"visit:2"), *((one, key, b"visit:1") for one in touched + cut)]
    for body, tried, context in tries:
        with pytest.raises(sealing.CannotOpen):
            sealing.unlock(body, tried, context)


def test_keys_are_written_for_their_owner_only_and_read_back(tmp_path: Path) -> None:
    private, public, signer = tmp_path / "a.pem", tmp_path / "b.pem", tmp_path / "c.pem"
    sealing.save_recipient(PRIVATE, private, b"correct horse")
    public.write_bytes(PRIVATE.public_key.to_pem())
    key = sealing.generate_signer()
    sealing.save_signer(key, signer)
    assert private.stat().st_mode & 0o777 == signer.stat().st_mode & 0o777 == 0o600
    sealed = sealing.seal(b"x", sealing.load_recipient_public(public), b"c")
    assert sealing.open_sealed(sealed, sealing.load_recipient(private, b"correct horse"), b"c") == b"x"
    signature = sealing.sign(b"m", sealing.load_signer(signer))
    verifier = sealing.load_verifier(sealing.signer_public_pem(key))
    assert sealing.verify(b"m", signature, verifier)
    assert not sealing.verify(b"n", signature, verifier)


def test_a_key_file_that_is_not_one_says_which_file_and_never_what_is_in_it(tmp_path: Path) -> None:
    private = tmp_path / "a.pem"
    sealing.save_recipient(PRIVATE, private, b"right")
    with pytest.raises(sealing.BadKey, match=r"a\.pem.*phrase de passe"):
        sealing.load_recipient(private, b"wrong")
    with pytest.raises(sealing.BadKey, match=r"missing\.pem"):
        sealing.load_signer(tmp_path / "missing.pem")
    with pytest.raises(sealing.BadKey, match=r"a\.pem"):
        sealing.load_recipient_public(private)


def test_a_signature_covers_place_sender_time_and_body() -> None:
    base = ("/intake/heartbeat", "hall-1", "2026-11-21T10:00:00Z", b"{}")
    messages = {sealing.intake_message(*base)}
    for position, other in enumerate(("/x", "hall-2", "2026-11-21T10:00:01Z", b"[]")):
        changed = list(base)
        changed[position] = other
        messages.add(sealing.intake_message(*changed))
    assert len(messages) == 5
