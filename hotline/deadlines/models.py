"""Versions of the working calendar and of limit profiles: rows are added by `rules`, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models

from .calendar import Part


class NeverChanged(models.Model):
    """A row that clocks refer to: a new version is a new row, so that every old limit can be derived again."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.verbose_name}的版本不可修改,请发布新版本")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{self._meta.verbose_name}的版本不可删除")


class CalendarVersion(NeverChanged):
    """One version of the working calendar 工作日历, whole: every special day belongs to exactly one version."""

    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField("版本号", unique=True)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField("发布时间")
    made_by: models.CharField[str, str] = models.CharField("发布人", max_length=100)
    note: models.CharField[str, str] = models.CharField("说明", max_length=500)
    digest: models.CharField[str, str] = models.CharField(
        "内容摘要", max_length=64, help_text="全部特殊日期的 SHA-256"
    )

    class Meta:
        verbose_name = "日历版本"
        verbose_name_plural = "日历版本"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="calendar_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"日历第 {self.number} 版"


class SpecialDay(NeverChanged):
    """A holiday, make-up day 调休 or half day of one calendar version."""

    calendar: models.ForeignKey[CalendarVersion, CalendarVersion] = models.ForeignKey(
        CalendarVersion, on_delete=models.PROTECT, related_name="special_days", verbose_name="日历版本"
    )
    day: models.DateField[date, date] = models.DateField("日期")
    working: models.BooleanField[bool, bool] = models.BooleanField("上班")
    part: models.CharField[str, str] = models.CharField(
        "半天班",
        max_length=2,
        blank=True,
        choices=[(Part.WHOLE.value, "全天"), (Part.MORNING.value, "上午"), (Part.AFTERNOON.value, "下午")],
    )
    name: models.CharField[str, str] = models.CharField("名称", max_length=50, blank=True)

    class Meta:
        verbose_name = "特殊日期"
        verbose_name_plural = "特殊日期"
        ordering = ["calendar", "day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="special_day_once_per_calendar"),
            models.CheckConstraint(
                condition=models.Q(part="")
                | models.Q(working=True, part__in=[Part.MORNING.value, Part.AFTERNOON.value]),
                name="special_day_half_is_worked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.working else '放假'} {self.name}".rstrip()


class LimitProfile(NeverChanged):
    """One version of a limit profile 时限方案; `rules` is the whole document as canonical JSON."""

    name: models.CharField[str, str] = models.CharField("方案", max_length=50)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField("版本号")
    valid_from: models.DateField[date, date] = models.DateField("自何日起适用")
    source: models.TextField[str, str] = models.TextField("依据")
    rules: models.TextField[str, str] = models.TextField("规则")
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField("发布时间")
    made_by: models.CharField[str, str] = models.CharField("发布人", max_length=100)
    digest: models.CharField[str, str] = models.CharField(
        "内容摘要", max_length=64, help_text="规则的 SHA-256"
    )

    class Meta:
        verbose_name = "时限方案"
        verbose_name_plural = "时限方案"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="limit_profile_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="limit_profile_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第 {self.version} 版"
