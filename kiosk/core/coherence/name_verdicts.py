"""How two writings of one name differ, letter by letter, whatever the sources (ins-rules 4, document-capture 1.7)."""

from collections.abc import Sequence

from kiosk.core.coherence.issuers import PLAIN, Spellings
from kiosk.core.coherence.reasons import Reason
from kiosk.core.identity.names import MAX_TEXT, NameRefused, key_of_normalised, normalise
from kiosk.core.identity.traits import NameForm

Forms = tuple[NameForm, NameForm]  # how the left and the right source write
KeyPairs = tuple[tuple[str, str], ...]  # comparison keys, left and right
_BOTH_CIVIL: Forms = (NameForm.CIVIL, NameForm.CIVIL)
_BOTH_WHOLE = (False, False)


def difference(
    left: str, right: str, forms: Forms, cut: tuple[bool, bool], spellings: Spellings = PLAIN
) -> Reason | None:
    """Name what tells two writings apart; None when they are the same writing. Symmetric when form and cut follow.

    ``spellings`` is how the issuer of a machine-readable zone among them writes foreign letters.
    """
    if left == right:
        return None
    try:
        one, other = normalise(left), normalise(right)
    except NameRefused:
        return Reason.UNREADABLE
    if one == other:
        return Reason.ACCENT_OR_CASE
    return difference_of_keys(key_pairs(one, other, forms), forms, cut, spellings)


def key_pairs(left: str, right: str, forms: Forms) -> KeyPairs:
    """Give the keys of two normalised names to compare.

    As they are and, beside a machine-readable zone, with apostrophes left out (Doc 9303).
    """
    plain = (key_of_normalised(left), key_of_normalised(right))
    if forms == _BOTH_CIVIL or "'" not in left + right:
        return (plain,)
    return plain, (key_of_normalised(left.replace("'", "")), key_of_normalised(right.replace("'", "")))


def difference_of_keys(pairs: KeyPairs, forms: Forms, cut: tuple[bool, bool], spellings: Spellings) -> Reason:
    """Name what tells two names apart whose normalised forms differ."""
    if pairs[0][0] == pairs[0][1]:
        return Reason.HYPHEN
    if pairs[-1][0] == pairs[-1][1]:
        return Reason.MRZ_WRITING
    for one, other in pairs if spellings else ():
        if (forms[0] is NameForm.MRZ and is_expansion(one, other, spellings)) or (
            forms[1] is NameForm.MRZ and is_expansion(other, one, spellings)
        ):
            return Reason.UMLAUT
    for one, other in pairs if cut != _BOTH_WHOLE else ():
        if (cut[0] and is_cut_of(one, other)) or (cut[1] and is_cut_of(other, one)):
            return Reason.TRUNCATED
    return _blocking(*pairs[0])


def _blocking(left: str, right: str) -> Reason:
    if is_one_letter_apart(left.replace(" ", ""), right.replace(" ", "")):
        return Reason.ONE_LETTER_APART
    if " " not in left + right:
        return Reason.OTHER_LETTERS
    short, long = sorted((left.split(), right.split()), key=len)
    if len(short) == len(long):
        return Reason.WORDS_IN_OTHER_ORDER if sorted(short) == sorted(long) else Reason.OTHER_LETTERS
    return Reason.WORD_MISSING if opens_or_skips(short, long) else Reason.OTHER_LETTERS


def opens_or_skips(short: Sequence[str], long: Sequence[str]) -> bool:
    """All words of the shorter stand in the longer, in the same order."""
    rest = iter(long)
    for word in short:
        if word not in rest:
            return False
    return bool(short)


def is_cut_of(cut: str, whole: str) -> bool:
    """Say whether a full field may hold this beginning of a name: cut at the end, or each part cut (Doc 9303)."""
    if not cut:
        return False
    if whole.startswith(cut):
        return True
    cut_words, words = cut.split(), whole.split()
    return len(cut_words) <= len(words) and all(
        word.startswith(part) for part, word in zip(cut_words, words, strict=False)
    )


def is_expansion(expanded: str, plain: str, spellings: Spellings) -> bool:
    """Say whether one writing is the other with a foreign letter written out: MUELLER for MULLER. Linear, one pass."""
    at, there, found = 0, 0, False
    while at < len(expanded):
        letter = plain[there : there + 1]
        pair, triple = expanded[at : at + 2], expanded[at : at + 3]
        if letter and spellings.get(triple) == letter:
            at, there, found = at + 3, there + 1, True
        elif letter and spellings.get(pair) == letter and pair != plain[there : there + 2]:
            at, there, found = at + 2, there + 1, True
        elif expanded[at] == letter:
            at, there = at + 1, there + 1
        else:
            return False
    return found and there == len(plain)


def is_one_letter_apart(left: str, right: str) -> bool:
    """One letter replaced, added, left out, or two neighbours swapped. Linear."""
    if len(left) > len(right):
        left, right = right, left
    if len(right) > MAX_TEXT or len(right) > len(left) + 1 or left == right:
        return False
    at = 0
    while at < len(left) and left[at] == right[at]:
        at += 1
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    if left[at + 1 :] == right[at + 1 :]:
        return True
    return left[at : at + 2] == right[at : at + 2][::-1] and left[at + 2 :] == right[at + 2 :]
