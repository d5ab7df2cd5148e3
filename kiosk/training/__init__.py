"""What staff learn on: invented people, their documents drawn and marked SPÉCIMEN, and their check-ins, case by case.

Nobody here is real, and no genuine security feature is imitated. Production refuses all of it.
"""
