/// Values, identity, URL rules and merging of a registry: pure, no I/O.
