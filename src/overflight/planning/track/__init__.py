"""The search for a flight: landings, legs that see, limits of stages, compiled with numba.

``planner`` is the way in. ``field`` turns a problem into arrays, ``sight`` knows what a leg sees,
``moves`` and ``anneal`` search.
"""
