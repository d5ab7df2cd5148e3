"""Who a person is (traits d'identité): names, dates, places, the matricule, and the five traits they make."""
