"""Staff URLs: one include an audience."""

from django.urls import include, path

urlpatterns = [
    path("agent/", include("hotline.pages.agent.urls")),
    path("dispatch/", include("hotline.pages.dispatch.urls")),
    path("unit/", include("hotline.pages.unit.urls")),
    path("followup/", include("hotline.pages.followup.urls")),
    path("tickets/", include("hotline.pages.tickets.urls")),
    path("overview/", include("hotline.pages.overview.urls")),
    path("inbox/", include("hotline.pages.inbox.urls")),
]
