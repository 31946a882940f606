"""Over HTTP.

archive    an archive served to its Parties: a STAC API, files, previews and tiles
pages      one person's own program in the browser: the regime, a plan, a mission, studies
"""
