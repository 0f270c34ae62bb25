"""消息: a durable note to one person, written in the event's own transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Note(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes")
    at = models.DateTimeField("时间")
    text = models.CharField("内容", max_length=200)
    ticket_number = models.CharField("工单", max_length=20, blank=True)
    read_at = models.DateTimeField("已读", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="note_unread")]

    def __str__(self) -> str:
        return self.text
