"""The two state tables of a ticket 诉求 and of an assignment 承办: pure, the single truth for all buttons, API and tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class _Labelled(StrEnum):
    """A code that knows its Chinese word."""

    label: str

    def __new__(cls, value: str, label: str) -> _Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]


class Nature(_Labelled):
    """诉求性质."""

    CONSULT = "咨询", "咨询"
    HELP = "求助", "求助"
    COMPLAINT = "投诉", "投诉"
    REPORT = "举报", "举报"
    SUGGESTION = "建议", "建议"
    PRAISE = "表扬", "表扬"


class Urgency(_Labelled):
    NORMAL = "普通", "普通"
    URGENT = "紧急", "紧急"


class Channel(_Labelled):
    """渠道: the door a contact came through."""

    PHONE = "phone", "来电"
    WEB = "web", "网页"
    COUNTER = "counter", "来访"
    LETTER = "letter", "来信"
    IMPORT = "import", "批量导入"
    API = "api", "接口"


class WrapUp(_Labelled):
    """话后小结: how every contact ends."""

    VALID = "valid", "有效诉求"
    PROGRESS = "progress", "查询进度"
    SILENT = "silent", "无声"
    MISDIAL = "misdial", "误拨"
    HARASSMENT = "harassment", "骚扰"
    BROKEN = "broken", "中断"


class TicketStatus(_Labelled):
    PENDING = "pending", "待派工"
    CHECKING = "checking", "分类告知待核"
    HANDLING = "handling", "办理中"
    AUDITING = "auditing", "待审核"
    CALLBACK = "callback", "待回访"
    HARD = "hard", "疑难工单"
    ARCHIVED = "archived", "已归档"
    ANSWERED = "answered", "直接解答"
    DISPOSED = "disposed", "分类告知"
    BUNDLED = "bundled", "已并单"
    WITHDRAWN = "withdrawn", "已撤诉"


class AssignmentStatus(_Labelled):
    DISPATCHED = "dispatched", "待签收"
    SIGNED = "signed", "办理中"
    SIGNOFF = "signoff", "待审签"
    REPLIED = "replied", "已回复"
    SENT_BACK = "sent_back", "审核退回"
    DONE = "done", "已办结"
    RETURNED = "returned", "已退单"
    ENDED = "ended", "已终止"


class AssignmentRole(_Labelled):
    """主办 leads and answers for the whole; 协办 delivers its share to the lead; 下级 works under an upper unit."""

    LEAD = "lead", "主办"
    CO = "co", "协办"
    CHILD = "child", "下级承办"


class Action(_Labelled):
    """Everything that can happen to a ticket; the value stands in events, never rename one."""

    REGISTER = "register", "受理登记"
    AMEND = "amend", "更正要素"
    ANSWER_DIRECT = "answer_direct", "直接解答"
    TELL = "tell", "分类告知"
    PASS_TELL = "pass_tell", "分类告知核准"
    REFUSE_TELL = "refuse_tell", "分类告知驳回"
    HAND_ON = "hand_on", "紧急移交"
    BUNDLE = "bundle", "并单"
    FOLLOW_LEAD = "follow_lead", "随主单办结"
    UNBUNDLE = "unbundle", "拆出并单"
    DISPATCH = "dispatch", "转办"
    ADD_CO = "add_co", "追加协办"
    SIGN = "sign", "签收"
    DEEM_SIGNED = "deem_signed", "视为签收"
    CONTACT = "contact", "联系诉求人"
    CIRCULATE = "circulate", "内部流转"
    ASK_MATERIAL = "ask_material", "一次性告知补充材料"
    ASK_RETURN = "ask_return", "申请退单"
    APPROVE_RETURN = "approve_return", "同意退单"
    REFUSE_RETURN = "refuse_return", "退单不予同意"
    ONWARD = "onward", "二级派单"
    SUBMIT_SIGNOFF = "submit_signoff", "提交审签"
    REJECT_SIGNOFF = "reject_signoff", "审签退回"
    REPLY = "reply", "回复"
    RETURN_SHARE = "return_share", "退回分办答复"
    RELAY = "relay", "转达"
    PASS_AUDIT = "pass_audit", "审核通过"
    SEND_BACK = "send_back", "审核退回"
    CALL_ATTEMPT = "call_attempt", "回访未接通"
    ARCHIVE = "archive", "归档"
    REDO = "redo", "重办"
    RAISE_HARD = "raise_hard", "转疑难工单"
    RETRY_HARD = "retry_hard", "疑难工单再办"
    SETTLE_HARD = "settle_hard", "疑难工单终结答复"
    SUPPLEMENT = "supplement", "补充诉求"
    URGE = "urge", "催单"
    ASK_WITHDRAW = "ask_withdraw", "申请撤诉"
    CONFIRM_WITHDRAW = "confirm_withdraw", "确认撤诉"
    DECLINE_WITHDRAW = "decline_withdraw", "撤诉未确认"
    REOPEN = "reopen", "重新受理"
    RATE = "rate", "评价"
    ATTACH = "attach", "添加附件"
    RESTRICT = "restrict", "设为限制知悉"
    WARN = "warn", "将到期"
    LATE = "late", "超期"


@dataclass(frozen=True)
class TicketStep:
    """From which ticket statuses an action may start, and where it leads (None: stays)."""

    sources: frozenset[TicketStatus]
    target: TicketStatus | None = None


@dataclass(frozen=True)
class AssignmentStep:
    """The same for the assignment the action is about."""

    sources: frozenset[AssignmentStatus]
    target: AssignmentStatus | None = None


_T, _A = TicketStatus, AssignmentStatus
OPEN = frozenset({_T.PENDING, _T.CHECKING, _T.HANDLING, _T.AUDITING, _T.CALLBACK, _T.HARD})
CLOSED = frozenset({_T.ARCHIVED, _T.ANSWERED, _T.DISPOSED, _T.WITHDRAWN})
LIVE = frozenset({_A.DISPATCHED, _A.SIGNED, _A.SIGNOFF, _A.REPLIED, _A.SENT_BACK})
WORKING = frozenset({_A.SIGNED, _A.SENT_BACK})
_WITH_UNIT = frozenset({_T.HANDLING})
_SHARED_WORK = frozenset({_T.HANDLING, _T.PENDING})  # a co-unit goes on while a new lead is looked for
_ANY = frozenset(_T)


def _t(*sources: TicketStatus, to: TicketStatus | None = None) -> TicketStep:
    return TicketStep(frozenset(sources), to)


def _a(*sources: AssignmentStatus, to: AssignmentStatus | None = None) -> AssignmentStep:
    return AssignmentStep(frozenset(sources), to)


TICKET_STEPS: dict[Action, TicketStep] = {
    Action.REGISTER: TicketStep(frozenset(), _T.PENDING),
    Action.AMEND: _t(_T.PENDING, _T.CHECKING, _T.HANDLING),
    Action.ANSWER_DIRECT: _t(_T.PENDING, to=_T.ANSWERED),
    Action.TELL: _t(_T.PENDING, to=_T.CHECKING),
    Action.PASS_TELL: _t(_T.CHECKING, to=_T.DISPOSED),
    Action.REFUSE_TELL: _t(_T.CHECKING, to=_T.PENDING),
    Action.HAND_ON: _t(_T.PENDING, to=_T.DISPOSED),
    Action.BUNDLE: _t(_T.PENDING, to=_T.BUNDLED),
    Action.FOLLOW_LEAD: _t(_T.BUNDLED, to=_T.CALLBACK),
    Action.UNBUNDLE: _t(_T.BUNDLED, to=_T.PENDING),
    Action.DISPATCH: _t(_T.PENDING, to=_T.HANDLING),
    Action.ADD_CO: TicketStep(_WITH_UNIT),
    Action.SIGN: TicketStep(_SHARED_WORK),
    Action.DEEM_SIGNED: TicketStep(_SHARED_WORK),
    Action.CONTACT: TicketStep(_SHARED_WORK),
    Action.CIRCULATE: TicketStep(_SHARED_WORK),
    Action.ASK_MATERIAL: TicketStep(_SHARED_WORK),
    Action.ASK_RETURN: TicketStep(_SHARED_WORK),
    Action.APPROVE_RETURN: TicketStep(_SHARED_WORK, _T.PENDING),
    Action.REFUSE_RETURN: TicketStep(_SHARED_WORK),
    Action.ONWARD: TicketStep(_SHARED_WORK),
    Action.SUBMIT_SIGNOFF: TicketStep(_SHARED_WORK),
    Action.REJECT_SIGNOFF: TicketStep(_SHARED_WORK),
    Action.REPLY: TicketStep(_SHARED_WORK, _T.AUDITING),
    Action.RETURN_SHARE: TicketStep(_WITH_UNIT),
    Action.RELAY: _t(_T.HANDLING, to=_T.ARCHIVED),
    Action.PASS_AUDIT: _t(_T.AUDITING, to=_T.CALLBACK),
    Action.SEND_BACK: _t(_T.AUDITING, to=_T.HANDLING),
    Action.CALL_ATTEMPT: _t(_T.CALLBACK),
    Action.ARCHIVE: _t(_T.CALLBACK, to=_T.ARCHIVED),
    Action.REDO: _t(_T.CALLBACK, to=_T.HANDLING),
    Action.RAISE_HARD: _t(_T.CALLBACK, to=_T.HARD),
    Action.RETRY_HARD: _t(_T.HARD, to=_T.HANDLING),
    Action.SETTLE_HARD: _t(_T.HARD, to=_T.ARCHIVED),
    Action.SUPPLEMENT: TicketStep(OPEN | {_T.BUNDLED}),
    Action.URGE: TicketStep(OPEN | {_T.BUNDLED}),
    Action.ASK_WITHDRAW: TicketStep(OPEN | {_T.BUNDLED}),
    Action.CONFIRM_WITHDRAW: TicketStep(OPEN | {_T.BUNDLED}, _T.WITHDRAWN),
    Action.DECLINE_WITHDRAW: TicketStep(OPEN | {_T.BUNDLED}),
    Action.REOPEN: TicketStep(CLOSED, _T.PENDING),
    Action.RATE: _t(_T.ARCHIVED, _T.ANSWERED, _T.DISPOSED),
    Action.ATTACH: TicketStep(_ANY),
    Action.RESTRICT: TicketStep(_ANY),
    Action.WARN: TicketStep(_ANY),
    Action.LATE: TicketStep(_ANY),
}

ASSIGNMENT_STEPS: dict[Action, AssignmentStep] = {
    Action.SIGN: _a(_A.DISPATCHED, to=_A.SIGNED),
    Action.DEEM_SIGNED: _a(_A.DISPATCHED, to=_A.SIGNED),
    Action.CONTACT: _a(_A.SIGNED, _A.SENT_BACK, _A.SIGNOFF),
    Action.CIRCULATE: AssignmentStep(WORKING),
    Action.ASK_MATERIAL: AssignmentStep(WORKING),
    Action.ASK_RETURN: _a(_A.DISPATCHED, _A.SIGNED),
    Action.APPROVE_RETURN: _a(_A.DISPATCHED, _A.SIGNED, _A.SIGNOFF, to=_A.RETURNED),
    Action.REFUSE_RETURN: _a(_A.DISPATCHED, _A.SIGNED, _A.SIGNOFF),
    Action.ONWARD: AssignmentStep(WORKING),
    Action.SUBMIT_SIGNOFF: AssignmentStep(WORKING, _A.SIGNOFF),
    Action.REJECT_SIGNOFF: _a(_A.SIGNOFF, to=_A.SIGNED),
    Action.REPLY: AssignmentStep(WORKING | {_A.SIGNOFF}, _A.REPLIED),
    Action.RETURN_SHARE: _a(_A.REPLIED, to=_A.SENT_BACK),
    Action.RELAY: _a(_A.SIGNED, to=_A.DONE),
    Action.PASS_AUDIT: _a(_A.REPLIED, to=_A.DONE),
    Action.SEND_BACK: _a(_A.REPLIED, to=_A.SENT_BACK),
}

# Nobody presses these: they follow from a clock or from what happened to another ticket.
AUTOMATIC = frozenset({Action.WARN, Action.LATE, Action.DEEM_SIGNED, Action.FOLLOW_LEAD})


class Outcome(_Labelled):
    """办理结果 by nature, as the unit states it and as the citizen sees it."""

    ADOPTED = "adopted", "采纳"
    PARTLY_ADOPTED = "partly_adopted", "部分采纳"
    NOTED = "noted", "留作参考"
    NOT_ADOPTED = "not_adopted", "未采纳"
    TRUE = "true", "属实"
    PARTLY_TRUE = "partly_true", "部分属实"
    UNTRUE = "untrue", "不属实"
    TRANSFERRED = "transferred", "移送"
    CLEAR = "clear", "已答清"
    UNCLEAR = "unclear", "未答清"
    SOLVED = "solved", "已解决"
    PARTLY_SOLVED = "partly_solved", "部分解决"
    UNSOLVED = "unsolved", "未解决"
    RELAYED = "relayed", "已转达"


OUTCOMES: dict[Nature, tuple[Outcome, ...]] = {
    Nature.SUGGESTION: (Outcome.ADOPTED, Outcome.PARTLY_ADOPTED, Outcome.NOTED, Outcome.NOT_ADOPTED),
    Nature.REPORT: (Outcome.TRUE, Outcome.PARTLY_TRUE, Outcome.UNTRUE, Outcome.TRANSFERRED),
    Nature.CONSULT: (Outcome.CLEAR, Outcome.UNCLEAR),
    Nature.HELP: (Outcome.SOLVED, Outcome.PARTLY_SOLVED, Outcome.UNSOLVED),
    Nature.COMPLAINT: (Outcome.SOLVED, Outcome.PARTLY_SOLVED, Outcome.UNSOLVED),
    Nature.PRAISE: (Outcome.RELAYED,),
}
# What the citizen answers at callback that calls for a redo.
NOT_SETTLED = frozenset({Outcome.UNSOLVED, Outcome.UNCLEAR})


class Satisfaction(_Labelled):
    """五级满意度 (national 好差评 scale)."""

    VERY_GOOD = "very_good", "非常满意"
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    BAD = "bad", "不满意"
    VERY_BAD = "very_bad", "非常不满意"


UNSATISFIED = frozenset({Satisfaction.BAD, Satisfaction.VERY_BAD})


class Light(_Labelled):
    """红黄绿灯."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "将到期"
    RED = "red", "超期"
    NONE = "none", "无时限"
