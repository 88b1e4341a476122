"""The style guide shows every component, to developers and in the demo only."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.test import RequestFactory, override_settings

from config.styleguide import styleguide
from tests.accessibility import faults


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_every_component_is_accessible(rf: RequestFactory) -> None:
    request = rf.get("/stijl")
    request.user = AnonymousUser()
    answer = styleguide(request)
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 200
    assert faults(answer.content) == []


def test_production_has_no_style_guide(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        styleguide(rf.get("/stijl"))
