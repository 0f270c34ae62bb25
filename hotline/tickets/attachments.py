"""附件: what is admitted (by its bytes, not its name), where it lies, how it is read again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from hotline.tickets.errors import BadInput
from hotline.tickets.models import Attachment, Ticket

MOST_FILES = 9
# extension → (content type, how the bytes begin)
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    "mp4": ("video/mp4", (b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x1cftyp", b"\x00\x00\x00\x20ftyp")),
}


@dataclass(frozen=True)
class Upload:
    """A file as it came in: its name, size in bytes, and a readable stream."""

    name: str
    size: int
    stream: IO[bytes]


def checked(upload: Upload) -> str:
    """The content type; BadInput (field "files") when too large, empty, or of a type that is not admitted."""
    most = settings.ATTACHMENT_MAX_BYTES
    if upload.size > most:
        raise BadInput("files", f"“{upload.name}”超过 {most // 1024 // 1024} MB,请压缩后再传")
    if upload.size == 0:
        raise BadInput("files", f"“{upload.name}”是空文件")
    extension = upload.name.rpartition(".")[2].lower()
    if extension not in KINDS:
        raise BadInput("files", f"不支持“{upload.name}”的格式,可上传:{'、'.join(sorted(KINDS))}")
    content_type, beginnings = KINDS[extension]
    upload.stream.seek(0)
    head = upload.stream.read(16)
    upload.stream.seek(0)
    if not head.startswith(beginnings):
        raise BadInput("files", f"“{upload.name}”的内容与扩展名不符,请确认文件未损坏")
    return content_type


def store(ticket: Ticket, upload: Upload, *, by_name: str, at: datetime, from_citizen: bool) -> Attachment:
    """Check and keep a file; the row is the caller's transaction, an orphan file after a rollback is harmless."""
    content_type = checked(upload)
    if ticket.attachments.count() >= MOST_FILES:
        raise BadInput("files", f"每个工单最多 {MOST_FILES} 个附件")
    stored = f"{at:%Y%m}/{secrets.token_hex(16)}"
    path = Path(settings.MEDIA_ROOT) / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while block := upload.stream.read(65536):
            digest.update(block)
            file.write(block)
    path.chmod(0o600)
    return Attachment.objects.create(
        ticket=ticket,
        name=Path(upload.name).name[-150:],
        stored=stored,
        content_type=content_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        at=at,
        by_name=by_name,
        from_citizen=from_citizen,
    )


def blocks(attachment: Attachment) -> Iterator[bytes]:
    """The bytes again; FileNotFoundError when the file is gone."""
    with (Path(settings.MEDIA_ROOT) / attachment.stored).open("rb") as file:
        while block := file.read(65536):
            yield block
