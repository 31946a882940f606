"""The archive over HTTP: a STAC API, files, previews and tiles, for whom the treaty gives them.

people, identity   who may come in, and who asks: by a token, a certificate, or both
tokens, tokenbook  bearer tokens of this machine's own, signed and short-lived; those revoked
certificates       certificates of clients, and whose they are
oidc, fetching     tokens of an identity provider that the keeper trusts; its keys, fetched
bounds             how often one user may ask
connections        TLS, and what a connection is waited for
borrowed           copies of files that lie elsewhere, within a bound
questions          what is asked, read from a query string or a body
answers            the documents that are answered
pictures           previews and tiles of a picture, and the memory of them
served             an archive held open for many
routes             every path: what it is for, and what it does; nobody is let in unnamed
app                the application, its limits and its errors
serving            on which address, with which certificates
"""
