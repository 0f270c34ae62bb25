"""Telling open pages that a row is stale: group names and one call; who listens lives in sockets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from functools import lru_cache, partial

import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hotline.broadcast.models import Stale

CHANNEL = "hotline.stale"
log = logging.getLogger(__name__)


def unit_group(unit_id: int) -> str:
    return f"unit.{unit_id}"


def desk_group(role: str, office_id: int) -> str:
    """The desk of one role in one hotline office."""
    return f"desk.{role}.{office_id}"


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def ticket_group(number: str) -> str:
    return f"ticket.{number}"


def announce(groups: Iterable[str], *, kind: str, id: str, version: int) -> None:
    """Tell these groups on commit; on the embedded bus the signal is part of the transaction itself."""
    names = sorted(set(groups))
    if not names:
        return
    if settings.REDIS_URL:
        message = json.dumps({"groups": names, "kind": kind, "id": id, "version": version})
        transaction.on_commit(partial(_publish, message), robust=True)
    else:
        Stale.objects.create(
            groups=" ".join(names), kind=kind, subject=id, version=version, at=timezone.now()
        )


@lru_cache(maxsize=1)
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def _publish(message: str) -> None:
    """A dead Redis costs one poll, never the committed step."""
    try:
        _redis(settings.REDIS_URL).publish(CHANNEL, message)
    except redis.RedisError as error:
        log.warning("bus: %s", error)
