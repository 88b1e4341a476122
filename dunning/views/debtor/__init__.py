"""The ways out on the debtor's pages, and the public page that says whether a message is genuine."""
