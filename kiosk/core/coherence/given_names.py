"""How two lists of given names differ: fewer, more, cut, composite or another person's (ins-rules 1.4 and 4)."""

from dataclasses import replace
from itertools import pairwise

from kiosk.core.coherence.issuers import PLAIN, Spellings
from kiosk.core.coherence.name_verdicts import (
    Forms,
    KeyPairs,
    difference_of_keys,
    is_expansion,
    is_one_letter_apart,
    key_pairs,
)
from kiosk.core.coherence.reasons import TOLERATED_REASONS, Reason
from kiosk.core.identity.names import NameRefused, normalise
from kiosk.core.identity.traits import NameForm, Source, Traits

_LESS = {Reason.LIST_SHORTENED, Reason.TRUNCATED}
_NEAREST_THE_REGISTER_LAST = (Source.CARD, Source.STAFF, Source.DOCUMENT, Source.INSI, Source.APPLI)
Words = tuple[tuple[str, int], ...]  # each word of a list, with the number of the name it is part of


def listed(traits: Traits) -> str:
    """Give the list of given names as one text (liste des prénoms): INSi's own where it came from there."""
    return traits.given_names_text or " ".join(traits.given_names)


def stated_first(traits: Traits) -> str:
    """Give the first given name as this source separates it; a composite written with a space may be more (1.4)."""
    return traits.given_names[0] if traits.given_names else listed(traits).partition(" ")[0]


def given_names_reason(left: Traits, right: Traits, spellings: Spellings = PLAIN) -> Reason | None:
    """Name what tells two lists apart; None when they are the same writing. Symmetric; linear in their length."""
    left_list, right_list = listed(left), listed(right)
    if left_list == right_list:
        return None
    try:
        return _reason(left, right, normalise(left_list), normalise(right_list), spellings)
    except NameRefused:
        return Reason.UNREADABLE


def _reason(left: Traits, right: Traits, one: str, other: str, spellings: Spellings) -> Reason:
    if one == other:
        return Reason.ACCENT_OR_CASE
    forms = (left.name_form, right.name_form)
    pairs = key_pairs(one, other, forms)
    cut = (left.given_names_may_be_cut, right.given_names_may_be_cut)
    reason = difference_of_keys(pairs, forms, cut, spellings)
    if reason in TOLERATED_REASONS:
        return reason
    found = _of_number(left, right, pairs) or _of_letters(left, right, spellings) or _of_letters(right, left, spellings)
    return found or _of_spelling(left, right, pairs, forms, reason)


def _of_number(left: Traits, right: Traits, pairs: KeyPairs) -> Reason | None:
    """Name the difference of lists where one says every name of the other and more; None for any other."""
    found = None
    for _, apostrophe in zip(pairs, ("-", ""), strict=False):
        both = (_words(left, apostrophe), left), (_words(right, apostrophe), right)
        (short, fewer), (long, more) = sorted(both, key=lambda words: len(words[0]))
        places = _places(short, long)
        if places[:1] != (0,) or not _stand_together(short, places):
            continue
        if _are_names_whole(long, frozenset(places)):
            return _of_who_says_more(more, fewer)
        found = Reason.COMPOSITE
    return found


def _of_letters(zone: Traits, other: Traits, spellings: Spellings) -> Reason | None:
    """Name the letter written out in a zone that has fewer names too, or cut ones: who names it has read them all."""
    if zone.name_form is not NameForm.MRZ or not spellings:
        return None
    held = normalise(listed(other)).replace("-", " ").split()
    plain = tuple(
        next((word for word in held if is_expansion(name, word, spellings)), name) for name in listed(zone).split()
    )
    is_all = given_names_reason(replace(zone, given_names=plain, given_names_text=""), other) in _LESS
    return Reason.UMLAUT if is_all else None


def _of_who_says_more(more: Traits, fewer: Traits) -> Reason:
    """Who is nearer the register may know more names; who is not, and says more, may say another person's."""
    order = _NEAREST_THE_REGISTER_LAST
    is_nearer = order.index(more.source) > order.index(fewer.source)
    return Reason.LIST_SHORTENED if is_nearer else Reason.LIST_LONGER


def _words(traits: Traits, apostrophe: str) -> Words:
    """Give each word with the number of its name; two words of one number are a composite for sure.

    Sure is what a hyphen or an apostrophe joins, and a space inside what the source gives as one name. Any other space
    may stand inside a composite or between two names (ins-rules 1.4).
    """
    names = [normalise(name).replace(" ", "-") for name in traits.given_names]
    if traits.given_names_text:
        text, first = normalise(traits.given_names_text), names[0] if names else ""
        is_opened = bool(first) and f"{text} ".startswith(first.replace("-", " ") + " ")
        names = [first, *text[len(first) :].split()] if is_opened else text.split()
    joined = [name.replace("'", apostrophe).split("-") for name in names]
    return tuple((word, number) for number, name in enumerate(joined) for word in name if word)


def _places(short: Words, long: Words) -> tuple[int, ...]:
    """Where the words of one list stand in the other, in order; nothing when one of them does not."""
    rest = iter(enumerate(long))
    places = tuple(next((at for at, (said, _) in rest if said == word), -1) for word, _ in short)
    return () if -1 in places else places


def _stand_together(short: Words, places: tuple[int, ...]) -> bool:
    """A composite of the shorter list stands in the longer with nothing in between."""
    stand = pairwise(zip(places, short, strict=True))
    return all(there == here + 1 for (here, (_, one)), (there, (_, other)) in stand if one == other)


def _are_names_whole(long: Words, kept: frozenset[int]) -> bool:
    """Each composite of the longer list is in the shorter, or is not: JEAN is not JEAN-PIERRE with a part left out."""
    said = {number for at, (_, number) in enumerate(long) if at in kept}
    left_out = {number for at, (_, number) in enumerate(long) if at not in kept}
    return said.isdisjoint(left_out)


def _of_spelling(left: Traits, right: Traits, pairs: KeyPairs, forms: Forms, reason: Reason) -> Reason:
    """Name what is neither tolerated nor a difference of number: another spelling, or another first name."""
    firsts = key_pairs(normalise(stated_first(left)), normalise(stated_first(right)), forms)
    if reason is Reason.ONE_LETTER_APART or any(map(_are_one_letter_apart, firsts)):
        return Reason.ONE_LETTER_APART
    writings = zip(pairs, (*firsts, *firsts), strict=False)
    is_same_first = any(_have_same_first_name(lists, first) for lists, first in writings)
    return reason if is_same_first else Reason.OTHER_FIRST_NAME


def _are_one_letter_apart(names: tuple[str, str]) -> bool:
    return is_one_letter_apart(names[0].replace(" ", ""), names[1].replace(" ", ""))


def _have_same_first_name(lists: tuple[str, str], firsts: tuple[str, str]) -> bool:
    """Each one's first given name opens the other's list (GI3 EXI ID 10)."""
    return _opens(firsts[0], lists[1]) and _opens(firsts[1], lists[0])


def _opens(first: str, listed_key: str) -> bool:
    return f"{listed_key} ".startswith(f"{first} ")
