"""What two sources come to when laid side by side (contrôle de cohérence): verdicts, each with its reason."""
