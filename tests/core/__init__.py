"""The identity rules, each as a test named after it (Référentiel INS, RNIV, implementation guide)."""
