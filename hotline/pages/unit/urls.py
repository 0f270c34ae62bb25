"""URLs of the unit pages."""

from django.urls import URLPattern

app_name = "unit"
urlpatterns: list[URLPattern] = []
