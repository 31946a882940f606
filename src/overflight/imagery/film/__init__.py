"""Film that was scanned: the wedge on it, its density curve, its grain, its bar targets.

``scanner`` takes counts to density, ``wedge`` finds and reads the steps, ``curve`` fits what
exposure makes of density, ``grain`` measures the grain without the scanner, ``negative`` reads a
bar target, ``compared`` holds two original negatives against each other, ``checks`` the data of
the process against what was declared. ``simulate`` makes film whose truth is known.
"""
