"""The archive over HTTP: a STAC API, files, previews and tiles, for whom the treaty gives them.

people, tokens     who asks: bearer tokens of this machine's own, signed and short-lived
oidc               tokens of an identity provider that the keeper trusts
questions          what is asked, read from a query string or a body
answers            the documents that are answered
pictures           previews and tiles of a picture, and the memory of them
served             an archive held open for many
routes             every path: what it is for, and what it does; nobody is let in unnamed
app                the application, its limits and its errors
serving            on which address, with which certificates
"""
