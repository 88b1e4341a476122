"""Forms of the pages of this app; what they accept, the actions check again where it matters."""
