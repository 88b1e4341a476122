"""The text of one letter as a form: subject, what stands before the invoices, and what stands after them."""

from __future__ import annotations

from dataclasses import replace

from django import forms

from dunning.letters.markup import UnknownConditionError, read, written
from dunning.letters.paragraphs import NoticeText, Paragraph

LONGEST = 6000


class TextForm(forms.Form):
    """Plain text with placeholders; nothing in it is a template language."""

    subject = forms.CharField(label="Onderwerp", max_length=200)
    opening = forms.CharField(
        label="Vóór de facturen",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Een lege regel begint een nieuwe alinea.",
    )
    closing = forms.CharField(
        label="Na de facturen",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Het voorbehoud van recht, de groet en uw naam volgen vanzelf.",
    )

    def clean_opening(self) -> tuple[Paragraph, ...]:
        return self._paragraphs("opening")

    def clean_closing(self) -> tuple[Paragraph, ...]:
        return self._paragraphs("closing")

    def _paragraphs(self, name: str) -> tuple[Paragraph, ...]:
        try:
            return read(self.cleaned_data[name])
        except UnknownConditionError as error:
            raise forms.ValidationError(str(error)) from error

    def text_over(self, standard: NoticeText) -> NoticeText:
        """The text that was typed, under the name that this letter has."""
        cleaned = self.cleaned_data
        return replace(standard, subject=cleaned["subject"], opening=cleaned["opening"], closing=cleaned["closing"])


def initial_of(text: NoticeText) -> dict[str, str]:
    """What the form shows to begin with."""
    return {"subject": text.subject, "opening": written(text.opening), "closing": written(text.closing)}
