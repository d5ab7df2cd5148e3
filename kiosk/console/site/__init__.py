"""The console as a served site: Django's settings, the HTTPS server, figures for supervision."""
