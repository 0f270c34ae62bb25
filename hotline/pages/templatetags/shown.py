"""How things are shown: icons, lights, chips, masked numbers, times. Pure: no queries, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

LIGHTS = {"green": "正常", "yellow": "将到期", "red": "超期", "grey": "已停表"}

# A tone by words of the label, so that a new status needs no new style; the first hit counts.
TONES = (
    ("red", ("超期", "督办", "疑难", "紧急")),
    ("orange", ("退", "重办", "催", "未解决", "不满意", "挂起")),
    ("yellow", ("待", "草稿")),
    ("green", ("办结", "归档", "已解决", "满意", "采纳", "解答", "通过", "生效", "正常")),
    ("blue", ("办理", "签收", "审核", "回访", "转办", "受理", "会办")),
)


def tone_of(label: str) -> str:
    """The tone of a status by its Chinese label; grey when no word is known."""
    return next((tone for tone, words in TONES if any(word in label for word in words)), "grey")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the package; words beside it carry the meaning."""
    return format_html('<span class="fa-solid fa-{}" aria-hidden="true"></span>', name)


@register.inclusion_tag("_components/light.html")
def light(value: str, text: str = "", exact: str = "") -> dict[str, str]:
    """红绿灯: dot + word + time."""
    value = str(value or "grey").lower()
    word = LIGHTS.get(value, value)
    text = str(text or "")
    if value == "grey" and text:  # a stopped clock says itself what became of it
        word, text = text, ""
    return {"value": value, "word": word, "text": text.removeprefix(word).strip(), "exact": exact}


@register.inclusion_tag("_components/status.html")
def status(label: str, tone: str = "") -> dict[str, str]:
    label = str(label or "")
    return {"label": label, "tone": tone or tone_of(label)}


@register.simple_tag
def moment(text: str, exact: str = "", iso: str = "") -> SafeString:
    """A time already in words; the exact instant shows on hover and to machines."""
    return format_html("<time{}{}>{}</time>", _attribute("datetime", iso), _attribute("title", exact), text)


@register.filter
def masked_phone(value: str | None) -> str:
    """138****8000; a short or landline number keeps its last two digits only."""
    text = str(value or "").strip()
    if "*" in text or not text:
        return text
    if len(text) == 11 and text.isdigit():
        return f"{text[:3]}****{text[-4:]}"
    return "*" * max(len(text) - 2, 1) + text[-2:]


@register.filter
def masked_name(value: str | None) -> str:
    """王**: the family name, then stars."""
    text = str(value or "").strip()
    return text if "*" in text or not text else text[0] + "*" * max(len(text) - 1, 1)


@register.filter
def capped(value: int | str | None, limit: int = 999) -> str:
    """999+ beyond the limit: counters are capped in the database too."""
    try:
        number = int(value or 0)
    except ValueError:
        return str(value)
    return f"{limit}+" if number > int(limit) else str(number)


@register.filter
def control(field: BoundField, classes: str = "") -> SafeString:
    """The widget with the class of its kind; Django itself adds aria-describedby and aria-invalid."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    kind = "form-select" if isinstance(widget, Select) else "form-control"
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": " ".join(filter(None, (kind, own, classes)))})


@register.filter
def is_choices(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def is_tick(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key, "") if mapping else ""


@register.filter
def having(rows: Iterable[Any] | None, name: str) -> list[Any]:
    """The rows whose member of this name is set."""
    return [
        row for row in rows or () if (row.get(name) if isinstance(row, Mapping) else getattr(row, name, None))
    ]


def _attribute(name: str, value: str) -> SafeString | str:
    return format_html(' {}="{}"', name, value) if value else ""
