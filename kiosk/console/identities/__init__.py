"""One identity before a member of staff: the sources side by side, what is noticed, what is decided."""
