"""Citizens' data at rest: sealed with the city's key; a phone is found again by its keyed digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal" + key.encode()).digest()))


def seal(text: str) -> str:
    """Encrypt; the empty string stays empty."""
    return _fernet(settings.CITIZEN_KEY).encrypt(text.encode()).decode("ascii") if text else ""


def unseal(token: str) -> str:
    return _fernet(settings.CITIZEN_KEY).decrypt(token.encode("ascii")).decode() if token else ""


def digest(value: str) -> str:
    """The keyed blind index of a phone or other identifier (hex, 64); empty for empty."""
    if not value:
        return ""
    return hmac.new(b"index" + settings.CITIZEN_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def canonical_phone(raw: str) -> str:
    """A number as dialled inside China: digits only, without +86/0086 or an outside-line 9; "" when empty.

    >>> canonical_phone("+86 139-0000-0000")
    '13900000000'
    """
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", raw))
    digits = re.sub(r"^(\+86|0086)", "", digits).lstrip("+")
    if re.fullmatch(r"0?1[3-9]\d{9}", digits):
        digits = digits.lstrip("0")
    return digits


def is_phone(raw: str) -> bool:
    """A mobile, a landline with or without area code, or a service number."""
    return bool(
        re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}\d{7,8}|[2-9]\d{6,7}|400\d{7}|1990000\d{4}", canonical_phone(raw))
    )
