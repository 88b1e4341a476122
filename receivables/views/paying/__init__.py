"""The debtor's pages and the PSP's webhook.

A GET reads and nothing more (the database itself refuses writes), so that mail scanners can open every link. Whatever
changes something takes a form post that carries an id we gave out for that very link.
"""
