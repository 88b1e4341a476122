"""What we ask with: the letter (PDF), the mail, and their texts. Values in, bytes out; nothing here reads the database but `compose`."""
