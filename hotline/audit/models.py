"""留痕: who saw, revealed, exported or listened to what; append-only, text columns without foreign keys."""

from __future__ import annotations

from django.db import models


class AccessKind(models.TextChoices):
    REVEAL = "reveal", "查看号码"
    EXPORT = "export", "导出"
    DOWNLOAD = "download", "下载附件"
    PRINT = "print", "打印"
    RESTRICTED = "restricted", "查阅限制知悉件"


class Access(models.Model):
    """One look at protected data."""

    at = models.DateTimeField("时间")
    kind = models.CharField("行为", max_length=12, choices=AccessKind)
    user_id_text = models.CharField("人员编号", max_length=20)
    user_name = models.CharField("人员", max_length=60)
    ticket_number = models.CharField("工单", max_length=20, blank=True)
    reason = models.CharField("事由", max_length=100)
    detail = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查看留痕"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user_id_text", "kind", "at"], name="access_user_kind_at"),
            models.Index(fields=["ticket_number"], name="access_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.user_name} {self.get_kind_display()} {self.ticket_number}"
