"""Files of a ticket, kept outside the web root and served only in scope."""

from __future__ import annotations

from django.db import models

from hotline.tickets.models.tickets import Ticket


class Attachment(models.Model):
    """附件: `stored` is a random name below MEDIA_ROOT, `sha256` of the bytes stands in the event."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="attachments")
    name = models.CharField("文件名", max_length=150)
    stored = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField("上传时间")
    by_name = models.CharField("上传人", max_length=60)
    from_citizen = models.BooleanField("诉求人提供", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
