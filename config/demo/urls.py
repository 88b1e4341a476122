"""Only with DEMO=1."""

from django.urls import path

from config.demo import views

app_name = "demo"
urlpatterns = [path("klok/", views.move_clock, name="clock")]
