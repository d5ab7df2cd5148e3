"""What the kiosk draws, reads with and looks up: drawings, recognition models, the table of communes. Data, no code."""
