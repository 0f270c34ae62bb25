"""What units owe: assignments, their replies and their requests to return."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from hotline.organisation.models import Unit
from hotline.tickets.models.tickets import Ticket
from hotline.tickets.states import LIVE, AssignmentRole, AssignmentStatus, Outcome

_LIVE = sorted(status.value for status in LIVE)


class Assignment(models.Model):
    """承办: one unit's obligation within a ticket; ended ones never reopen, a redo makes new rows.

    `city`, `county`, `town` are the unit's ancestors at dispatch: a later merger moves no history.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name="承办单位")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    role = models.CharField("角色", max_length=5, choices=AssignmentRole.choices())
    round = models.PositiveSmallIntegerField("轮次")
    status = models.CharField("状态", max_length=10, choices=AssignmentStatus.choices())
    city = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    section = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="科室"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    inner_due_at = models.DateTimeField("内部时限", null=True, blank=True)
    opinion = models.CharField("交办意见", max_length=500, blank=True)
    basis = models.CharField("派单依据", max_length=300, blank=True)
    binding = models.BooleanField("不得再退", default=False)
    materials_asked = models.PositiveSmallIntegerField("要求补充材料次数", default=0)
    sent_back = models.PositiveSmallIntegerField("审核退回次数", default=0)

    dispatched_at = models.DateTimeField("转办时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    contacted_at = models.DateTimeField("首次联系", null=True, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "承办"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(role=AssignmentRole.LEAD.value, status__in=_LIVE),
                name="assignment_one_live_lead",
            ),
            models.UniqueConstraint(
                fields=["ticket", "unit"], condition=Q(status__in=_LIVE), name="assignment_unit_once_live"
            ),
            models.CheckConstraint(
                condition=(Q(role=AssignmentRole.CHILD.value) & Q(parent__isnull=False))
                | (~Q(role=AssignmentRole.CHILD.value) & Q(parent=None)),
                name="assignment_child_has_a_parent",
            ),
            models.CheckConstraint(
                condition=~Q(status=AssignmentStatus.SIGNED.value) | Q(signed_at__isnull=False),
                name="assignment_signed_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "status", "-id"], name="assignment_unit_status"),
            models.Index(fields=["city", "ticket"], name="assignment_city"),
            models.Index(fields=["county", "ticket"], name="assignment_county"),
            models.Index(fields=["town", "ticket"], name="assignment_town"),
            models.Index(fields=["section", "ticket"], name="assignment_section"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.unit_id} {self.get_role_display()}"


class Reply(models.Model):
    """回复: one submission of a unit, with what the audit said of it; `answer` is for the citizen."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="replies")
    at = models.DateTimeField("提交时间")
    by_name = models.CharField("提交人", max_length=60)
    answer = models.TextField("答复内容", max_length=20_000)
    note = models.TextField("内部说明", max_length=5_000, blank=True)
    outcome = models.CharField("办理结果", max_length=14, choices=Outcome.choices())
    basis = models.CharField("法律政策依据", max_length=300, blank=True)
    audited_at = models.DateTimeField("审核时间", null=True, blank=True)
    passed = models.BooleanField("通过", null=True)
    audit_reason = models.CharField("审核意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回复"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audited_at=None, passed=None) | Q(audited_at__isnull=False, passed__isnull=False),
                name="reply_audit_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.at:%Y-%m-%d}"


class ReturnRequest(models.Model):
    """退单申请: with reason, legal basis and the unit that should have it; the assignment goes on until decided."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="return_requests")
    asked_at = models.DateTimeField("申请时间")
    asked_by_name = models.CharField("申请人", max_length=60)
    reason = models.CharField("理由", max_length=500)
    basis = models.CharField("法律依据", max_length=300)
    suggested_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="建议承办单位")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by_name = models.CharField("审核人", max_length=60, blank=True)
    approved = models.BooleanField("同意", null=True)
    decision = models.CharField("审核意见", max_length=500, blank=True)
    fault = models.CharField(
        "责任归属", max_length=10, blank=True, choices=[("dispatch", "派单差错"), ("unit", "无理退单")]
    )

    class Meta:
        verbose_name = verbose_name_plural = "退单申请"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(decided_at=None), name="return_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, approved=None)
                | Q(decided_at__isnull=False, approved__isnull=False),
                name="return_decision_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(decided_at=None), name="return_open")]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.reason}"
