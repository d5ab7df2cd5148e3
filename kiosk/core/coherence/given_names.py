"""How two lists of given names differ: shortened, cut, composite or another person's (ins-rules 1.4 and 4)."""

from kiosk.core.coherence.name_verdicts import difference_of_keys, is_one_letter_apart, key_pairs, opens_or_skips
from kiosk.core.coherence.reasons import TOLERATED_REASONS, Reason
from kiosk.core.identity.names import NameRefused, normalise
from kiosk.core.identity.traits import Traits


def listed(traits: Traits) -> str:
    """Give the list of given names as one text (liste des prénoms): INSi's own where it came from there."""
    return traits.given_names_text or " ".join(traits.given_names)


def stated_first(traits: Traits) -> str:
    """Give the first given name as this source separates it; a composite written with a space may be more (1.4)."""
    return traits.given_names[0] if traits.given_names else listed(traits).partition(" ")[0]


def given_names_reason(left: Traits, right: Traits) -> Reason | None:
    """Name what tells two lists apart; None when they are the same writing. Symmetric; linear in their length."""
    left_list, right_list = listed(left), listed(right)
    if left_list == right_list:
        return None
    try:
        return _reason(left, right, normalise(left_list), normalise(right_list))
    except NameRefused:
        return Reason.UNREADABLE


def _reason(left: Traits, right: Traits, one: str, other: str) -> Reason:
    if one == other:
        return Reason.ACCENT_OR_CASE
    forms = (left.name_form, right.name_form)
    pairs = key_pairs(one, other, forms)
    reason = difference_of_keys(pairs, forms, (left.given_names_may_be_cut, right.given_names_may_be_cut))
    if reason in TOLERATED_REASONS:
        return reason
    firsts = key_pairs(normalise(stated_first(left)), normalise(stated_first(right)), forms)
    writings = [
        (lists, first) for lists, first in zip(pairs, (*firsts, firsts[-1]), strict=False) if _begin_alike(lists)
    ]
    if any(_is_shortened(lists, first) for lists, first in writings):
        return Reason.LIST_SHORTENED
    if reason is Reason.ONE_LETTER_APART or any(map(_are_one_letter_apart, firsts)):
        return Reason.ONE_LETTER_APART
    is_same_first = any(_have_same_first_name(lists, first) for lists, first in writings)
    return reason if is_same_first else Reason.OTHER_FIRST_NAME


def _begin_alike(lists: tuple[str, str]) -> bool:
    """Whatever is shortened or has the same first name begins with the same letter: what does not is told at once."""
    return lists[0][:1] == lists[1][:1]


def _are_one_letter_apart(names: tuple[str, str]) -> bool:
    return is_one_letter_apart(names[0].replace(" ", ""), names[1].replace(" ", ""))


def _is_shortened(lists: tuple[str, str], firsts: tuple[str, str]) -> bool:
    """One list opens the other, or leaves later names out while each first name opens the other's list."""
    left, right = lists
    if left.startswith(right + " ") or right.startswith(left + " "):
        return True
    left_words, right_words = left.split(), right.split()
    return _have_same_first_name(lists, firsts) and (
        opens_or_skips(left_words, right_words) or opens_or_skips(right_words, left_words)
    )


def _have_same_first_name(lists: tuple[str, str], firsts: tuple[str, str]) -> bool:
    """Each one's first given name opens the other's list (GI3 EXI ID 10)."""
    return _opens(firsts[0], lists[1]) and _opens(firsts[1], lists[0])


def _opens(first: str, listed_key: str) -> bool:
    return f"{listed_key} ".startswith(f"{first} ")
