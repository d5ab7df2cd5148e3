"""What becomes of the local traits when INSi's are accepted: overwritten, and kept as history (ins-rules 2.2)."""

from dataclasses import dataclass, replace

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits


@dataclass(frozen=True, slots=True, repr=False)
class Adoption(Confidential):
    """The traits from now on, and those they replace, to be kept in the record's history."""

    traits: Traits
    previous: Traits


def adopt(local: Traits, insi: Traits) -> Adoption:
    """Let INSi's traits overwrite the local strict traits, as spelt there (BRE; ins-rules 2.2 and 4).

    The name in use stays the local one: a complementary trait, filled by a deliberate act (GI3 EXI ID 08). What INSi
    left out is not filled from elsewhere: the five traits come from one source.
    """
    return Adoption(traits=replace(insi, name_in_use=local.name_in_use), previous=local)
