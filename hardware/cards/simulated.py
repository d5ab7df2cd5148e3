"""The simulated carte Vitale as a process of its own: it enters the virtual reader (vpcd) and leaves it.

The whole real path is exercised: pyscard, libpcsclite, pcscd, its virtual driver. Connecting is inserting, closing is
pulling. One line on standard input is one order: ``insert FILE``, ``pull``, ``count``, ``quit``. One JSON line on
standard output is one event; it carries counts and file names, never what is on the card. Demonstration and tests only.
"""

import argparse
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TextIO

from hardware.cards.card_file import BadCardFile, CardDescription, load
from hardware.cards.virtual_card import VirtualCard

HOST = "127.0.0.1"
PORT = 35963  # first slot of the virtual reader; the second is the next port

_POWER_OFF, _POWER_ON, _RESET, _ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_TOO_LONG_FOR_AN_ATR = bytes(40)  # the driver refuses it: that is how a mute card looks
_KNOCK_AGAIN = 0.1  # seconds between two attempts at a reader that is not there
_LONGEST_ORDER = 4096
HAND = 0.6  # seconds a hand takes at least between pulling one card and inserting the next


class Simulator:
    """One slot of the virtual reader with at most one card in it, in one thread."""

    def __init__(
        self,
        say: Callable[[dict[str, Any]], None],
        address: tuple[str, int],
        hand: float = HAND,
        ends_with_orders: bool = False,
    ) -> None:
        self._say = say
        self._address = address
        self._hand = hand
        self._out_since = 0.0
        self._ends_with_orders = ends_with_orders
        self._reader: socket.socket | None = None
        self._card: VirtualCard | None = None
        self._just_powered = False
        self._is_waiting = False
        self._unread = b""
        self._orders = b""
        self._orders_open = True
        self._asked_to_quit = False

    def run(self, orders: TextIO | None) -> None:
        """Obey until ``quit``; when the orders end, go on while a card is in (unless told to end with them)."""
        number = orders.fileno() if orders is not None else -1
        self._orders_open = orders is not None
        while not self._asked_to_quit:
            if self._card and self._reader is None:
                self._knock(self._card)
            watched = ([self._reader.fileno()] if self._reader else []) + ([number] if self._orders_open else [])
            if not self._orders_open and (self._card is None or self._ends_with_orders):
                break
            waits_to_knock = self._card is not None and self._reader is None
            ready, _, _ = select.select(watched, [], [], _KNOCK_AGAIN if waits_to_knock else None)
            if number in ready:
                self._take_orders(number)
            elif self._reader is not None and self._reader.fileno() in ready:
                self._serve(self._reader)
        self.pull()
        self._say({"event": "end"})

    def insert(self, description: CardDescription) -> None:
        self.pull()
        self._card = card = VirtualCard(description)
        self._is_waiting = False
        time.sleep(max(0.0, self._out_since + self._hand - time.monotonic()))
        self._knock(card)

    def pull(self) -> None:
        """Take the card out, if one is in, and say what it exchanged."""
        card, self._card = self._card, None
        self._disconnect()
        if card is not None:
            self._out_since = time.monotonic()
            self._say({"event": "pulled", **_counts(card)})

    def count(self) -> None:
        if self._card is not None:
            self._say({"event": "count", **_counts(self._card)})

    def _knock(self, card: VirtualCard) -> None:
        try:
            self._reader = socket.create_connection(self._address, timeout=2)
        except OSError:
            if not self._is_waiting:
                self._is_waiting = True
                self._say({"event": "waiting", "port": self._address[1]})
            return
        self._reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _acknowledge_at_once(self._reader)
        self._unread = b""
        self._is_waiting = False
        card.power_on()
        self._say({"event": "inserted", "card": card.description.title, "port": self._address[1]})

    def _disconnect(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _serve(self, reader: socket.socket) -> None:
        received_at = time.monotonic()
        try:
            chunk = reader.recv(65536)
        except OSError:
            chunk = b""
        if not chunk:  # the reader left, not the card: it will be found in the slot when the reader is back
            self._disconnect()
            return
        _acknowledge_at_once(reader)
        self._unread += chunk
        while len(self._unread) >= 2 and self._reader is not None:
            size = int.from_bytes(self._unread[:2], "big")
            if len(self._unread) < 2 + size:
                return
            message, self._unread = self._unread[2 : 2 + size], self._unread[2 + size :]
            self._one(message, received_at)

    def _one(self, message: bytes, received_at: float) -> None:
        card = self._card
        if card is None:
            return
        if len(message) > 1:
            self._exchange(card, message, received_at)
        elif message == _ATR:
            is_mute_now = card.description.mute and self._just_powered
            self._just_powered = False
            self._send(_TOO_LONG_FOR_AN_ATR if is_mute_now else card.atr)
        elif message in {_POWER_ON, _RESET, _POWER_OFF}:
            self._just_powered = message != _POWER_OFF
            card.power_on()

    def _exchange(self, card: VirtualCard, command: bytes, received_at: float) -> None:
        if card.description.attack == "silent":
            return
        before = card.counts.bytes
        answer = card.answer(command)
        if answer is None:
            self.pull()
            return
        takes = (card.counts.bytes - before) * card.description.ms_per_byte / 1000
        remaining = received_at + takes - time.monotonic()
        if remaining > 0:
            time.sleep(remaining)
        self._send(answer)
        if card.leaves_after(card.counts.commands):
            self.pull()

    def _send(self, message: bytes) -> None:
        if self._reader is None:
            return
        try:
            self._reader.sendall(len(message).to_bytes(2, "big") + message)
        except OSError:
            self._disconnect()

    def _take_orders(self, number: int) -> None:
        chunk = os.read(number, 4096)
        if not chunk:
            self._orders_open = False
        self._orders += chunk
        while b"\n" in self._orders and not self._asked_to_quit:
            line, self._orders = self._orders.split(b"\n", 1)
            self._obey(line.decode("utf-8", "replace").strip())
        self._orders = self._orders[:_LONGEST_ORDER]

    def _obey(self, order: str) -> None:
        word, _, rest = order.partition(" ")
        match word:
            case "insert" if rest.strip():
                try:
                    self.insert(load(rest.strip()))
                except BadCardFile as error:
                    self._say({"event": "refused", "why": str(error)})
            case "pull":
                self.pull()
            case "count":
                self.count()
            case "quit":
                self._asked_to_quit = True
            case "":
                pass
            case _:
                self._say({"event": "refused", "why": "orders: insert FILE, pull, count, quit"})


def _acknowledge_at_once(reader: socket.socket) -> None:
    """Keep the network from adding 40 ms to every command.

    The virtual driver sends the length and the message apart and waits for the first to be acknowledged (Nagle); Linux
    forgets the wish now and then, so it is repeated.
    """
    quick = getattr(socket, "TCP_QUICKACK", None)
    if quick is not None:
        reader.setsockopt(socket.IPPROTO_TCP, quick, 1)


def _counts(card: VirtualCard) -> dict[str, Any]:
    counts = card.counts
    return {
        "card": card.description.title,
        "commands": counts.commands,
        "bytes": counts.bytes,
        "file_bytes": counts.file_bytes,
        "file_bytes_again": counts.file_bytes_again,
        "floor_ms": round(counts.bytes * card.description.ms_per_byte, 2),
    }


def _print_line(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run the simulated card; exit code 2 when its description is wrong."""
    parser = argparse.ArgumentParser(prog="kiosk simulate card", description="A simulated carte Vitale (tests, demo)")
    parser.add_argument("file", nargs="?", help="card file, or the name of a sample; none: wait for 'insert'")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--ms-per-byte", type=float, help="speed; a real card takes 0.31")
    parser.add_argument("--pull-after", type=int, help="leave after so many answers")
    parser.add_argument("--hand", type=float, default=HAND, help="seconds between two cards, at least")
    parser.add_argument("--end-with-input", action="store_true", help="end when standard input does")
    parsed = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    simulator = Simulator(_print_line, (parsed.host, parsed.port), parsed.hand, parsed.end_with_input)
    if parsed.file:
        try:
            description = load(parsed.file)
        except BadCardFile as error:
            _print_line({"event": "refused", "why": str(error)})
            return 2
        if parsed.ms_per_byte is not None:
            description = replace(description, ms_per_byte=max(parsed.ms_per_byte, 0.0))
        if parsed.pull_after is not None:
            description = replace(description, pull_after=parsed.pull_after)
        simulator.insert(description)
    try:
        simulator.run(sys.stdin)
    except KeyboardInterrupt:
        simulator.pull()
    return 0


if __name__ == "__main__":
    sys.exit(main())
