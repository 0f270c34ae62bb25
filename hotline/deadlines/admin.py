"""Calendar versions and limit profiles in the admin: history is read-only, adding publishes a new version."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from . import rules
from .calendar import BadRules
from .days import read_days, replace_years
from .models import CalendarVersion, LimitProfile, SpecialDay
from .profiles import Profile, read_document

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
    VersionAdmin = admin.ModelAdmin[Model]
    DayInline = admin.TabularInline[SpecialDay, CalendarVersion]
    CalendarModelForm = forms.ModelForm[CalendarVersion]
    ProfileModelForm = forms.ModelForm[LimitProfile]
else:
    Upload = UploadedFile
    VersionAdmin, DayInline = admin.ModelAdmin, admin.TabularInline
    CalendarModelForm = ProfileModelForm = forms.ModelForm

LARGEST_FILE = 200_000  # bytes; ten years of notices are 20 KB


def read_upload(upload: Upload) -> str:
    """The text of an uploaded file in UTF-8 or, as Excel saves it, GB18030; ValidationError otherwise."""
    if (upload.size or 0) > LARGEST_FILE:
        raise forms.ValidationError(f"文件超过 {LARGEST_FILE // 1000} KB,请核对是否选错")
    content: bytes = upload.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError("文件不是 UTF-8 或 GB18030 编码的文本")


class CalendarForm(CalendarModelForm):
    """A yearly notice as CSV; the years it publishes replace those of the newest version, the rest is kept."""

    file = forms.FileField(
        label="放假安排(CSV)", help_text="列:day,working,name,可另有 part;working 1 上班 0 放假"
    )

    class Meta:
        model = CalendarVersion
        fields = ("note",)

    def clean_file(self) -> Upload:
        upload: Upload = self.cleaned_data["file"]
        try:
            self.days = replace_years(rules.newest_days(), read_days(read_upload(upload)))
        except BadRules as error:
            raise forms.ValidationError(list(error.messages)) from None
        return upload


class ProfileForm(ProfileModelForm):
    """The whole document of a profile; publishing gives it the next number."""

    text = forms.CharField(label="方案(TOML 或 JSON)", widget=forms.Textarea(attrs={"rows": 30, "cols": 100}))

    class Meta:
        model = LimitProfile
        fields = ()

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            Profile.parse(read_document(text) | {"version": 1})
        except BadRules as error:
            raise forms.ValidationError(list(error.messages)) from None
        return text


class PublishAdmin(VersionAdmin):
    """Adding publishes through `rules`; nothing is changed or deleted."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def publish(self, form: Any, *, by: str) -> Model:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        published = self.publish(form, by=str(request.user))
        obj.__dict__.update(published.__dict__)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form has checked the data; what is left is the race with another publisher."""
        try:
            return super().add_view(request, form_url, extra_context)
        except BadRules as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)


class SpecialDayInline(DayInline):
    model = SpecialDay
    fields = ("day", "working", "part", "name")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarVersion)
class CalendarVersionAdmin(PublishAdmin):
    list_display = ("number", "made_at", "made_by", "note")
    inlines = (SpecialDayInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": CalendarForm}) | kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("number", "made_at", "made_by", "note", "digest") if obj else ("file", "note")

    def publish(self, form: Any, *, by: str) -> Model:
        note = form.cleaned_data["note"]
        return rules.publish_calendar(form.days, by=by, at=timezone.now(), note=note)


@admin.register(LimitProfile)
class LimitProfileAdmin(PublishAdmin):
    list_display = ("name", "version", "valid_from", "made_at", "made_by")
    list_filter = ("name",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": ProfileForm}) | kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("name", "version", "valid_from", "source", "rules", "made_at", "made_by", "digest")
            if obj
            else ("text",)
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = LimitProfile.objects.order_by("-made_at", "-pk").first()
        if newest is None:
            return {}
        return {"text": json.dumps(json.loads(newest.rules), ensure_ascii=False, indent=1)}

    def publish(self, form: Any, *, by: str) -> Model:
        return rules.publish_profile(form.cleaned_data["text"], by=by, at=timezone.now())
