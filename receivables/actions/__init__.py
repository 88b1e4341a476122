"""Writes: everything that is more than one row's own business."""
