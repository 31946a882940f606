"""The search kernel: orienteering over nodes and over discs, compiled with numba.

``api`` is the way in; everything else is its machinery and knows only numbers.
"""
