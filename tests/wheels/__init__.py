"""Both roles installed from the wheel and the locked files alone, without a network (``make wheel-test``)."""
