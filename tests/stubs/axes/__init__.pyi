"""Of django-axes nothing is called: Django is told of it in its settings."""
