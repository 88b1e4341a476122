"""What a debtor can do beside paying: the words, the taking in of a form, and the check whether a message is genuine."""
