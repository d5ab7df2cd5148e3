"""Of pyscard only the lowest layer is used, late and as a module: on some machines it is not there."""
