"""URLs of the dispatch pages."""

from django.urls import URLPattern

app_name = "dispatch"
urlpatterns: list[URLPattern] = []
