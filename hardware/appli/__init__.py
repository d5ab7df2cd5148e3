"""The reader of the appli carte Vitale: "a phone is there", and what it shows; nothing here knows a patient."""
