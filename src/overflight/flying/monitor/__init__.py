"""The monitor on board: a pure machine that is told of positions and keys, and says what follows.

Time comes in with what is told; nothing here looks at a clock, a file or a screen.
"""
