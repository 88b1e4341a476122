"""Settings of an office, for who manages it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tenants import clock
from tenants.access import OfficeRequest, client_ip, office_view
from tenants.actions.office_settings import edit_office
from tenants.actions.people import Actor
from tenants.forms.office_settings import OfficeForm
from tenants.models import Office
from tenants.permissions import Permission
from tenants.registration import registration_warning

PARTS = {
    "Kantoor": ("name", "street", "postcode", "city", "kvk_number", "email", "phone"),
    "Wki-register": ("wki_number", "wki_valid_until"),
    "Klachten": ("complaints_email", "complaints_url"),
}
WHY = {
    "Kantoor": "Staat in elke brief en mail die het kantoor voor een klant verstuurt: wie er schrijft en hoe u bereikbaar bent.",
    "Wki-register": "Wie voor een ander geld vraagt aan privépersonen, eenmanszaken of vennoten, staat in het register van "
    "Justis. Dat geldt ook voor een administratiekantoor. Zonder geldige registratie gaan er geen berichten naar hen.",
    "Klachten": "De Wki vraagt dat een debiteur weet waar hij met een klacht terechtkan.",
}


@office_view(Permission.MANAGE_OFFICE)
def office_settings(request: OfficeRequest) -> HttpResponse:
    on = clock.today()
    form = OfficeForm(on, request.POST or None, instance=Office.objects.get(pk=request.office.pk))
    if request.method == "POST" and form.is_valid():
        by = Actor(request.user, client_ip(request))
        changed = edit_office(request.office, form.cleaned_data, by=by, now=clock.now())
        messages.success(request, "Opgeslagen." if changed else "Er was niets gewijzigd.")
        return redirect("tenants:office_settings", request.office.slug)
    context = {
        "form": form,
        "parts": [(title, WHY[title], [form[name] for name in names]) for title, names in PARTS.items()],
        "warning": registration_warning(request.office, on=on),
    }
    return render(request, "tenants/office_settings.html", context, status=422 if form.errors else 200)
