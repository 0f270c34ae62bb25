"""How citizens' data look to those who need not see them."""

from __future__ import annotations

import re


def masked_phone(number: str) -> str:
    """138****8000; short numbers keep two digits."""
    if not number:
        return ""
    if len(number) < 7:
        return number[:1] + "*" * (len(number) - 2) + number[-1:]
    return f"{number[:3]}****{number[-4:]}"


def masked_name(name: str) -> str:
    return f"{name[0]}{'*' * max(1, len(name) - 1)}" if name else ""


_NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)|(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")


def masked_text(text: str) -> str:
    """Free text with mobile and identity numbers masked."""

    def stars(match: re.Match[str]) -> str:
        if match[1]:
            return f"{match[1]}****{match[2]}"
        return f"{match[3]}********{match[4]}"

    return _NUMBERS.sub(stars, text)
