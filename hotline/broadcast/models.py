"""The embedded bus: a row in the event's own transaction, read by the tail in the web process."""

from django.db import models


class Stale(models.Model):
    """Something changed: ids only, never content."""

    groups = models.TextField()  # separated by spaces
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "变更信号"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
