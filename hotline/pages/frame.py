"""The frame of every staff page: navigation by role, the inbox count, the watermark."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from hotline.inbox import notes
from hotline.organisation.actors import Actor
from hotline.organisation.models import Role
from hotline.tickets.numbering import SHANGHAI


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: who sees it, where it leads, which live count stands beside it."""

    section: str
    label: str
    url_name: str
    icon: str
    roles: frozenset[Role]
    count: str = ""
    company: bool = True


def _entry(
    section: str, label: str, url_name: str, icon: str, *roles: Role, count: str = "", company: bool = True
) -> Entry:
    return Entry(section, label, url_name, icon, frozenset(roles), count, company)


_DESK = (Role.AGENT, Role.DISPATCHER, Role.SHIFT_LEADER)
_UNIT = (Role.LIAISON, Role.SECTION, Role.HANDLER, Role.HEAD)
_WATCHING = (Role.LEADER, Role.SECRETARY, Role.INSPECTOR, Role.SUPERVISOR, Role.ANALYST, Role.SHIFT_LEADER)
NAVIGATION: tuple[Entry, ...] = (
    _entry("受理", "登记诉求", "agent:intake", "phone", *_DESK),
    _entry("受理", "我的受理", "agent:mine", "address-book", *_DESK),
    _entry(
        "转办",
        "待派工单",
        "dispatch:queue",
        "paper-plane",
        Role.DISPATCHER,
        Role.SHIFT_LEADER,
        count="pending",
        company=False,
    ),
    _entry(
        "转办",
        "退单审核",
        "dispatch:returns",
        "rotate-left",
        Role.DISPATCHER,
        Role.SHIFT_LEADER,
        count="returns",
        company=False,
    ),
    _entry(
        "转办", "分类告知待核", "dispatch:told", "signs-post", Role.SHIFT_LEADER, count="told", company=False
    ),
    _entry(
        "转办",
        "疑难工单",
        "dispatch:hard",
        "triangle-exclamation",
        Role.SHIFT_LEADER,
        Role.SUPERVISOR,
        count="hard",
        company=False,
    ),
    _entry("承办", "承办工单", "unit:work", "inbox", *_UNIT, count="unit_open"),
    _entry("承办", "待审签", "unit:signoff", "pen", Role.HEAD, count="signoff"),
    _entry(
        "审核回访", "待审核", "followup:audits", "square-check", Role.AUDITOR, count="audits", company=False
    ),
    _entry(
        "审核回访",
        "待回访",
        "followup:callbacks",
        "phone-volume",
        Role.CALLBACK_AGENT,
        Role.SHIFT_LEADER,
        count="callbacks",
    ),
    _entry("查询", "工单查询", "tickets:list", "magnifying-glass", *Role),
    _entry("查询", "运行总览", "overview:board", "chart-column", *_WATCHING),
)


def entries_for(actor: Actor) -> list[Entry]:
    """The navigation of this person: the state of his posts decides, not the page."""
    shown = []
    for entry in NAVIGATION:
        if not actor.has(*entry.roles) or (actor.outsourced and not entry.company):
            continue
        shown.append(entry)
    county_dispatcher = any(
        post.role == Role.DISPATCHER and post.unit_kind == "county_office" for post in actor.posts
    )
    if county_dispatcher and not any(entry.url_name == "unit:work" for entry in shown):
        shown.append(next(entry for entry in NAVIGATION if entry.url_name == "unit:work"))
    return shown


def first_page(request: HttpRequest) -> str:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.has(Role.ADMINISTRATOR) and request.user.is_staff:
        return reverse("admin:index")
    if actor.has(Role.LEADER, Role.SECRETARY):
        return reverse("overview:board")
    entries = entries_for(actor)
    return reverse(entries[0].url_name if entries else "inbox:notes")


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor; public pages get the city's name only."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"frame": {"city_name": settings.CITY_NAME}}
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sections: dict[str, list[dict[str, object]]] = {}
    for entry in entries_for(actor):
        url = reverse(entry.url_name)
        sections.setdefault(entry.section, []).append(
            {
                "label": entry.label,
                "url": url,
                "icon": entry.icon,
                "key": entry.count,
                "count": "",
                "active": request.path == url or (len(url) > 1 and request.path.startswith(url)),
            }
        )
    post = actor.posts[0] if actor.posts else None
    label = f"{post.unit_name} · {Role(post.role).label}" if post else ""
    return {
        "frame": {
            "city_name": settings.CITY_NAME,
            "user_name": actor.name,
            "post_label": label,
            "nav": [{"label": name, "items": items} for name, items in sections.items()],
            "inbox_count": notes.unread_count(request.user.pk),
            "watermark": f"{actor.name} {label} {request.now.astimezone(SHANGHAI):%m-%d %H:%M}",  # type: ignore[attr-defined]
        }
    }
