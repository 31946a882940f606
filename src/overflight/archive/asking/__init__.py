"""Asking for copies, and handing them over.

documents   the request, the notice, the decision, the delivery; each has one way to be written
register    which of them an archive has; each gets its entry in the archive's log
proving     whether the log has what the register keeps
choosing    which mission and which of its files a request is about
sending     a request before it is sent
delivering  a request decided, and its copies made
receiving   what comes back, and notices of the requests of others
clock       where a request stands, by the regime's own procedure
"""
