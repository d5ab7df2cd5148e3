"""The table of rules: what each says, its source, the code that carries it, the tests that prove it."""
