"""The program in the browser: one person's own, on this machine.

settings   on which address, for whom, within which limits, with which seats and archive
guard      what stands before every answer: who may come in, from where, and what a page may load
app        the application: the pages built by ``frontend/`` and the API under them
api        one module a page; each parses, calls what the command line calls, and shows
jobs       work that takes longer than an answer: watched as it goes, stopped when asked
serving    on an address

No rule, no sum and no search is made here or in the pages: they come from the rooms below.
"""
