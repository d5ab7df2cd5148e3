"""One module per group of commands; ``kiosk/cli.py`` gathers them."""
