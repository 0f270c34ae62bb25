"""URLs of the ticket pages."""

from django.urls import path

from hotline.pages.tickets import page

app_name = "tickets"
urlpatterns = [
    path("<str:number>/", page.page, name="page"),
    path("<str:number>/peek/", page.peek, name="peek"),
]
