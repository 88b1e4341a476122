"""Reads for screens: lists by keyset, figures in one query, never more queries when there are more rows."""
