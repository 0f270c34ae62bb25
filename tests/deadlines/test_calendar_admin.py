"""The administrator's pages of the room: history is read-only, adding publishes."""

from datetime import date
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from hotline.deadlines import rules, shipped
from hotline.deadlines.admin import LARGEST_FILE, PublishAdmin
from hotline.deadlines.calendar import BadRules
from hotline.deadlines.models import CalendarVersion, LimitProfile
from hotline.deadlines.models import SpecialDay as Row

pytestmark = pytest.mark.django_db
OFF_2027 = ["01-01", *(f"05-0{n}" for n in range(1, 6)), *(f"10-0{n}" for n in range(1, 8))]
CSV_2027 = "day,working,name\n" + "".join(f"2027-{day},0,节日\n" for day in OFF_2027)


@pytest.fixture
def ask():
    """Calls an admin view as a superuser, without the project's URLs and middleware."""
    user = get_user_model()(pk=1, username="guanli", is_superuser=True, is_staff=True, is_active=True)

    def _ask(model, view, *args, data=None):
        request = RequestFactory().post("/", data) if data is not None else RequestFactory().get("/")
        request.user, request._dont_enforce_csrf_checks, request.session = user, True, {}
        request._messages = CookieStorage(request)
        model_admin = admin.site.get_model_admin(model)
        with patch.object(model_admin, "log_addition"):
            response = getattr(model_admin, view)(request, *args)
        response.told = [str(message) for message in request._messages]
        return response

    with patch.object(PublishAdmin, "response_add", lambda self, request, obj: _Added(obj)):
        yield _ask


class _Added:
    def __init__(self, obj):
        self.status_code, self.obj = 302, obj


def upload(content, note="2027 年通知"):
    data = content if isinstance(content, bytes) else content.encode()
    return {"note": note, "file": SimpleUploadedFile("2027.csv", data)}


def errors(response):
    assert response.status_code == 200
    return str(response.context_data["adminform"].form.errors)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_notice_is_imported_as_a_new_version(ask, encoding):
    added = ask(CalendarVersion, "add_view", data=upload(CSV_2027.encode(encoding))).obj
    assert (added.number, added.note) == (2, "2027 年通知")
    assert added.pk == CalendarVersion.objects.get(number=2).pk
    assert Row.objects.get(calendar=added, day=date(2027, 10, 1)).name == "节日"
    assert rules.newest_days()[: len(shipped.special_days())] == shipped.special_days()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x", "首行应为"),
        (CSV_2027 + "2027-01-01,0,元旦\n", "重复出现"),
        (CSV_2027.replace("2027", "2028"), "缺少 2027 年"),
        (b"\xff\xff", "不是 UTF-8"),
        pytest.param(b"#" * (LARGEST_FILE + 1), "文件超过 200 KB", id="huge file"),
    ],
)
def test_a_faulty_notice_is_refused_next_to_the_field(ask, content, message):
    assert message in errors(ask(CalendarVersion, "add_view", data=upload(content)))
    assert CalendarVersion.objects.count() == 1


def test_publishing_a_profile(ask):
    text = (
        (shipped.DATA / "default.toml")
        .read_text(encoding="utf-8")
        .replace("warn_fraction = 0.7", "warn_fraction = 0.6")
    )
    added = ask(LimitProfile, "add_view", data={"text": text}).obj
    assert (added.name, added.version) == ("default", 2)
    assert rules.of(rules.Versions(1, "default", 2)).profile.warn_fraction == 0.6


def test_a_faulty_profile_is_refused_next_to_the_field(ask):
    assert "不是有效的" in errors(ask(LimitProfile, "add_view", data={"text": "{"}))
    assert LimitProfile.objects.count() == 1


@pytest.mark.parametrize(("model", "data"), [(CalendarVersion, upload(CSV_2027)), (LimitProfile, None)])
def test_losing_the_race_is_told_on_the_page(ask, model, data):
    data = data or {"text": (shipped.DATA / "default.toml").read_text(encoding="utf-8")}
    with patch.object(PublishAdmin, "save_model", side_effect=BadRules("另一人刚刚发布")):
        response = ask(model, "add_view", data=data)
    assert (response.status_code, response.told) == (302, ["另一人刚刚发布"])


def test_the_profile_form_starts_from_the_newest(ask):
    form = ask(LimitProfile, "add_view").context_data["adminform"].form
    assert '"name": "default"' in form.initial["text"]
    LimitProfile.objects.all()._raw_delete("default")
    assert ask(LimitProfile, "add_view").context_data["adminform"].form.initial == {}


def test_history_is_shown_but_not_changed(ask):
    version = CalendarVersion.objects.get()
    context = ask(CalendarVersion, "change_view", str(version.pk)).context_data
    assert not context["has_change_permission"]
    assert not context["has_delete_permission"]
    [inline] = context["inline_admin_formsets"]
    assert len(inline.formset.queryset) == len(shipped.special_days())
    assert not inline.has_add_permission
    assert not inline.has_change_permission
    assert ask(CalendarVersion, "add_view").context_data["inline_admin_formsets"] == []
    profile = ask(LimitProfile, "change_view", str(LimitProfile.objects.get().pk)).context_data
    assert "rules" in profile["adminform"].readonly_fields


def test_publishing_is_left_to_each_page():
    with pytest.raises(NotImplementedError):
        PublishAdmin(CalendarVersion, admin.site).publish(None, by="x")
