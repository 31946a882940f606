"""Upper bounds: how much the best plan can be worth at most, and the certificate that says so.

``certificate`` is the way in; ``node_bound`` and ``disc_bound`` bound the two kinds of problem,
``search`` branches, ``relaxation`` holds the linear programme, ``separation`` finds its cuts and
``rows`` turns any multipliers into a bound that rounding cannot put too low.
"""
