"""示例城市."""

from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "hotline.simulation"
    label = "simulation"
    verbose_name = "示例城市"
    default_auto_field = "django.db.models.BigAutoField"
