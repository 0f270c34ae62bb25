"""What matters there are and whose duty each is."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hotline.organisation.models import District, Unit


class Category(models.Model):
    """事项分类: a tree of three levels; `code` has two digits a level."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    depth = models.PositiveSmallIntegerField("层级")
    full_name = models.CharField("全称", max_length=200)
    retired_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项分类"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=5), name="category_depth")]

    def __str__(self) -> str:
        return self.full_name


class Duty(models.Model):
    """派单目录: for a category (in a district, or anywhere when empty) the lead and co-units, with the legal basis."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="duties", verbose_name="事项")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name="区划(空为全市)"
    )
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="lead_duties", verbose_name="主办单位")
    co_units = models.ManyToManyField(Unit, related_name="co_duties", blank=True, verbose_name="协办单位")
    legal_basis = models.CharField("依据", max_length=200)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "派单目录"
        ordering = ["category__code", "district__code"]
        constraints = [
            models.UniqueConstraint(fields=["category", "district", "valid_from"], name="duty_once"),
            models.UniqueConstraint(
                fields=["category", "valid_from"], condition=Q(district=None), name="duty_city_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="duty_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} → {self.lead}"


class Exit(models.TextChoices):
    """不予派单的分类告知 (Beijing 条例第十一条, Weifang 条例第十九条 and similar): reason by code."""

    EMERGENCY = "emergency", "紧急警情,移交 110/119/120/122"
    STATUTORY = "statutory", "应通过诉讼、仲裁、复议、信访等法定渠道"
    IN_PROGRESS = "in_progress", "同一事项正在办理或已办结且无新事实"
    SECRET = "secret", "涉及国家秘密、商业秘密或他人隐私"
    NOT_PUBLIC = "not_public", "不属于政务服务范围,建议通过市场或社会渠道"
    UNLAWFUL = "unlawful", "违反法律法规或公序良俗"
    OUTSIDE = "outside", "不在本市行政区域"
    DISCIPLINE = "discipline", "公职人员检举控告,告知 12388"
    NO_SUBSTANCE = "no_substance", "无实质内容或骚扰"
