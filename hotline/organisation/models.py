"""Who is who: units as a tree, districts, people and the posts they hold."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class Level(models.TextChoices):
    """层级: the rung of a unit or district; a village level is possible."""

    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡镇级"
    VILLAGE = "village", "村级"


class RankingGroup(models.TextChoices):
    """考核分组: units are measured only against their like."""

    COUNTIES = "县区", "县区"
    DEPARTMENTS = "市直部门", "市直部门"
    UTILITIES = "公共服务企业", "公共服务企业"
    TOWNS = "乡镇街道", "乡镇街道"


class UnitKind(models.TextChoices):
    GOVERNMENT = "government", "人民政府"
    CENTRE = "centre", "市热线中心"
    COUNTY_OFFICE = "county_office", "县级热线机构"
    UNIT = "unit", "承办单位"
    SECTION = "section", "内设科室"
    COMPANY = "company", "话务服务商"
    INSPECTION = "inspection", "纪检监察机关"


class Role(models.TextChoices):
    AGENT = "agent", "话务员"
    DISPATCHER = "dispatcher", "派单员"
    AUDITOR = "auditor", "审核员"
    CALLBACK_AGENT = "callback_agent", "回访员"
    SHIFT_LEADER = "shift_leader", "班长"
    LIAISON = "liaison", "联络员"
    SECTION = "section", "科室"
    HANDLER = "handler", "经办人"
    HEAD = "head", "分管领导"
    SUPERVISOR = "supervisor", "督办员"
    INSPECTOR = "inspector", "纪检监察干部"
    LEADER = "leader", "领导"
    SECRETARY = "secretary", "秘书"
    ANALYST = "analyst", "分析员"
    EVALUATOR = "evaluator", "第三方测评员"
    OBSERVER = "observer", "行风监督员"
    KNOWLEDGE_EDITOR = "knowledge_editor", "知识编辑"
    ADMINISTRATOR = "administrator", "管理员"


class District(models.Model):
    """行政区划: a place with a code; `aliases` are the short names people say, separated by ;"""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=8, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    aliases = models.CharField("别称", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """承办单位 and every other body of the hotline's network, one tree from the city down.

    `path` is "/root/…/self/" in ids, kept by `structure.place`; a closed unit names its heir in `merged_into`.
    """

    code = models.CharField("编码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=200, blank=True, editable=False)
    level = models.CharField("层级", max_length=8, choices=Level)
    ranking_group = models.CharField("考核分组", max_length=12, choices=RankingGroup, blank=True)
    kind = models.CharField("性质", max_length=14, choices=UnitKind, default=UnitKind.UNIT)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name="所在区划")
    phone = models.CharField("电话", max_length=30, blank=True)
    duty_text = models.CharField("主要职责", max_length=300, blank=True)
    requires_signoff = models.BooleanField("回复须分管领导审签", default=False)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="heirs", verbose_name="并入"
    )

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="unit_not_its_own_heir"),
        ]
        indexes = [models.Index(fields=["path"], name="unit_path")]

    def __str__(self) -> str:
        return self.short_name or self.name

    def ancestor_ids(self) -> list[int]:
        """Own id last, root first."""
        return [int(part) for part in self.path.strip("/").split("/") if part]


class User(AbstractUser):
    """A person of staff; what he may do hangs on his posts, not on him."""

    full_name = models.CharField("姓名", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.full_name or self.username


class Post(models.Model):
    """任职: one role in one unit for a time; a stand-in (A/B 岗) names whom he stands in for."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="人员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=Role)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    stand_in_for = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, verbose_name="替岗对象")

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="post_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="post_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_unit_role")]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} · {self.get_role_display()}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
