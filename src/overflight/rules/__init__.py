"""Generic predicates and the engine that holds them against documents. No I/O, no clock.

A treaty's own files bind a predicate to a paragraph, a phase, a limit and parameters; what is
written here knows none of them by name.
"""
