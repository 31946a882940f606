"""Who may find and open what in an archive, and the record of who did.

flights   the missions of an archive as the rules ask about them
rights    what one asker may find and open on a day, mission by mission
journal   every access, in a chain of hashes that nobody can change unseen
"""
