"""The form for a note at a customer."""

from __future__ import annotations

from django import forms


class NoteForm(forms.Form):
    text = forms.CharField(label="Notitie", max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
