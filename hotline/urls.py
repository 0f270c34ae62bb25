"""Where every address leads."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from hotline.pages import home

urlpatterns = [
    path("", home.front_door, name="front"),
    path("home/", home.home, name="home"),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("healthz", home.healthz, name="healthz"),
    path("readyz", home.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("hotline.pages.urls")),
    path("portal/", include("hotline.portal.urls")),
]
