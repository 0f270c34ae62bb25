"""What routing remembers: the gazetteer and the models trained so far."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hotline.organisation.models import District


class Place(models.Model):
    """地名: a road, estate, school or village and the district it lies in; one name may lie in several."""

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=20)
    district = models.ForeignKey(District, models.CASCADE, related_name="places", verbose_name="所在区划")

    class Meta:
        verbose_name = verbose_name_plural = "地名"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "district"], name="place_once"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainedModel(models.Model):
    """已训练模型: one row a training; its weights lie in MODEL_DIR; at most one is in service."""

    version = models.PositiveIntegerField("版本", unique=True)
    made_at = models.DateTimeField("训练时间")
    made_by = models.CharField("训练人", max_length=60)
    data_hash = models.CharField("数据摘要", max_length=64)
    rows = models.PositiveIntegerField("训练条数")
    labels = models.PositiveIntegerField("类别数")
    parameters = models.JSONField("参数")
    metrics = models.JSONField("留出集指标")
    file_name = models.CharField("文件", max_length=80, unique=True)
    active = models.BooleanField("在用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "已训练模型"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="trained_model_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.version} 版"
