"""Asking for copies, and handing them over.

documents   the request, the notice, the decision, the delivery; each has one way to be written
register    which of them an archive has, and that the archive's log has them too
choosing    which files of a mission a request is about
delivering  a request decided, and its copies made
clock       where a request stands, by the regime's own procedure
"""
