"""派单目录."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "hotline.catalogue"
    label = "catalogue"
    verbose_name = "派单目录"
    default_auto_field = "django.db.models.BigAutoField"
