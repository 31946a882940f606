"""Where to fly and where to inspect: games between one who looks and one who may have to hide.

``payoffs``, ``spreading``, ``drawing``: sites one at a time. ``pool``, ``master``, ``mixing``,
``teams``, ``pricing``: routes that show many sites at once. ``sequential``, ``errors``,
``timeliness``: a number of inspections over time. All of them say what is best in a game, none
what a government will do.
"""
