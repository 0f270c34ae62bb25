"""A citizen, a contact, and the matters (tickets) it brought."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hotline.audit import crypto
from hotline.catalogue.models import Category, Exit
from hotline.organisation.models import District, Unit
from hotline.tickets.queries import TicketQuerySet
from hotline.tickets.states import Channel, Nature, Outcome, TicketStatus, Urgency, WrapUp

# A member of a bundle waits, or has its own callback once the lead was answered.
_WHILE_BUNDLED = [
    TicketStatus.BUNDLED.value,
    TicketStatus.CALLBACK.value,
    TicketStatus.ARCHIVED.value,
    TicketStatus.WITHDRAWN.value,
]


class Person(models.Model):
    """诉求人: sealed name, phone and address; destroying this row is the deletion of the person's data."""

    name_sealed = models.TextField(blank=True)
    phone_sealed = models.TextField(blank=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True)
    address_sealed = models.TextField(blank=True)
    sex = models.CharField("性别", max_length=2, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求人"

    def __str__(self) -> str:
        return f"诉求人 {self.pk}"

    @property
    def name(self) -> str:
        return crypto.unseal(self.name_sealed)

    @property
    def phone(self) -> str:
        return crypto.unseal(self.phone_sealed)

    @property
    def address(self) -> str:
        return crypto.unseal(self.address_sealed)


class Contact(models.Model):
    """来电/来信/来访: one call, letter or visit; it ends with its wrap-up and brings 0..n tickets.

    `key` makes a double submit harmless; `query_digest` finds all its tickets for the citizen.
    """

    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="受理机构")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices())
    line = models.CharField("来电线路", max_length=20, blank=True)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="contacts")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    wrap_up = models.CharField("话后小结", max_length=10, choices=WrapUp.choices(), blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    key = models.CharField(max_length=64, unique=True)
    query_digest = models.CharField(max_length=64, unique=True)
    query_sealed = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "来电来信"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, wrap_up="") | (Q(ended_at__isnull=False) & ~Q(wrap_up="")),
                name="contact_ends_with_its_wrap_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    @property
    def query_code(self) -> str:
        return crypto.unseal(self.query_sealed)


class Restriction(models.IntegerChoices):
    """限制知悉: who may read is then a list of named people (TicketGrant), not a scope."""

    NONE = 0, "一般"
    NAMED = 1, "限制知悉"
    SEALED = 2, "封存"


class Ticket(models.Model):
    """诉求(工单): one matter of one citizen. Status is written by lifecycle alone."""

    number = models.CharField("编号", max_length=14, unique=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="tickets")
    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="受理机构")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="tickets")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("诉求内容", max_length=20_000)
    nature = models.CharField("性质", max_length=2, choices=Nature.choices())
    urgency = models.CharField(
        "紧急程度", max_length=2, choices=Urgency.choices(), default=Urgency.NORMAL.value
    )
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name="事项分类")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name="区划")
    place = models.CharField("地点", max_length=200, blank=True)
    about_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被反映单位"
    )
    confidential = models.BooleanField("要求保密", default=False)
    anonymous = models.BooleanField("匿名", default=False)
    restricted = models.PositiveSmallIntegerField("知悉范围", choices=Restriction, default=Restriction.NONE)
    source_number = models.CharField("来源编号", max_length=60, blank=True)

    status = models.CharField("状态", max_length=10, choices=TicketStatus.choices())
    bundled_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    responsible_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="首接负责单位"
    )
    exit_code = models.CharField("分类告知", max_length=14, choices=Exit, blank=True)
    told_channel = models.CharField("告知渠道", max_length=120, blank=True)
    answer = models.TextField("答复", blank=True)
    outcome = models.CharField("办理结果", max_length=14, choices=Outcome.choices(), blank=True)
    citizen_outcome = models.CharField("诉求人认定", max_length=14, choices=Outcome.choices(), blank=True)
    satisfaction = models.CharField("满意度", max_length=10, blank=True)
    round = models.PositiveSmallIntegerField("办理轮次", default=1)
    returns = models.PositiveSmallIntegerField("退单次数", default=0)
    urges = models.PositiveSmallIntegerField("催单次数", default=0)
    urged_on = models.DateField("最近催单", null=True, blank=True)
    call_attempts = models.PositiveSmallIntegerField("回访次数", default=0)

    registered_at = models.DateTimeField("受理时间")
    dispatched_at = models.DateTimeField("转办时间", null=True, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    completed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_at = models.DateTimeField("归档时间", null=True, blank=True)
    withdrawal_asked_at = models.DateTimeField("申请撤诉", null=True, blank=True)

    version = models.PositiveIntegerField(default=0)
    chain_seq = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        constraints = [
            models.CheckConstraint(condition=~Q(bundled_into=F("id")), name="ticket_not_bundled_into_itself"),
            models.CheckConstraint(
                condition=Q(bundled_into=None) | Q(status__in=_WHILE_BUNDLED),
                name="ticket_bundled_has_a_lead",
            ),
            models.CheckConstraint(
                condition=~Q(status=TicketStatus.BUNDLED.value) | Q(bundled_into__isnull=False),
                name="ticket_lead_of_a_bundle",
            ),
            models.CheckConstraint(
                condition=~Q(status=TicketStatus.DISPOSED.value) | ~Q(exit_code=""),
                name="ticket_exit_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "status", "-id"], name="ticket_office_status"),
            models.Index(fields=["status", "-id"], name="ticket_status"),
            models.Index(fields=["-registered_at"], name="ticket_registered"),
        ]

    def __str__(self) -> str:
        return self.number


class TicketGrant(models.Model):
    """A named person may read this ticket: 限制知悉 readers, panels, evaluators."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField("事由", max_length=60)
    until = models.DateTimeField("截止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指定知悉人"
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="grant_once")]
        indexes = [models.Index(fields=["user", "ticket"], name="grant_user")]

    def __str__(self) -> str:
        return f"{self.user} → {self.ticket}"
