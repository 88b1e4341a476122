"""Mails beside the ladder: receipts, confirmations, reminders of an instalment."""
