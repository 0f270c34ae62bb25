"""Who acts: a person with the posts he holds that day, the system, or a citizen; the `by=` of every write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from hotline.organisation.models import Level, Post, Role, Unit, UnitKind, User


@dataclass(frozen=True)
class HeldPost:
    """A post as permissions need it: `office_id` is the hotline office whose desk it works at, or None."""

    role: Role
    unit_id: int
    unit_name: str
    unit_kind: UnitKind
    unit_level: Level
    unit_path: tuple[int, ...]
    office_id: int | None

    @property
    def citywide(self) -> bool:
        """At the city centre, its phone company, the inspectors or the city government itself."""
        if self.unit_kind in {UnitKind.CENTRE, UnitKind.COMPANY, UnitKind.INSPECTION}:
            return self.unit_level == Level.CITY
        return self.unit_kind == UnitKind.GOVERNMENT and len(self.unit_path) == 1


@dataclass(frozen=True)
class Actor:
    """`kind` is "staff", "system" or "citizen"; only staff has posts."""

    kind: str
    user_id: int | None
    name: str
    posts: tuple[HeldPost, ...] = ()

    def has(self, *roles: Role) -> bool:
        return any(post.role in roles for post in self.posts)

    def units(self, *roles: Role) -> set[int]:
        """Ids of units where one of these roles is held (any role without arguments)."""
        return {post.unit_id for post in self.posts if not roles or post.role in roles}

    def offices(self, *roles: Role, company: bool = True) -> set[int]:
        """Ids of hotline offices at whose desk one of these roles is held."""
        return {
            post.office_id
            for post in self.posts
            if post.office_id is not None
            and (not roles or post.role in roles)
            and (company or post.unit_kind != UnitKind.COMPANY)
        }

    @property
    def outsourced(self) -> bool:
        """Only posts of the phone company 话务服务商: never audits, decides, issues or exports."""
        return bool(self.posts) and all(post.unit_kind == UnitKind.COMPANY for post in self.posts)


SYSTEM = Actor("system", None, "系统")
CITIZEN = Actor("citizen", None, "诉求人")


def actor_of(user: User, *, on: date) -> Actor:
    """The person with the posts held on that day (two queries)."""
    return _actor(user, list(_posts_on(on).filter(user=user)), _offices_by_company())


def actors_of(users: Iterable[User], *, on: date) -> dict[int, Actor]:
    """Many at once, by user id (two queries)."""
    people = {user.pk: user for user in users}
    held: dict[int, list[Post]] = {pk: [] for pk in people}
    for post in _posts_on(on).filter(user__in=people):
        held[post.user_id].append(post)
    offices = _offices_by_company()
    return {pk: _actor(people[pk], posts, offices) for pk, posts in held.items()}


def _posts_on(day: date):  # type: ignore[no-untyped-def]
    return (
        Post.objects.filter(valid_from__lte=day)
        .filter(Q(valid_to=None) | Q(valid_to__gte=day))
        .filter(user__is_active=True)
        .select_related("unit")
        .order_by("pk")
    )


def _offices_by_company() -> dict[int, int]:
    """A phone company works at the desk of the hotline office beside it in the tree."""
    offices: dict[int, int] = {}
    by_parent = dict(
        Unit.objects.filter(kind__in=[UnitKind.CENTRE, UnitKind.COUNTY_OFFICE]).values_list("parent_id", "pk")
    )
    for pk, parent_id in Unit.objects.filter(kind=UnitKind.COMPANY).values_list("pk", "parent_id"):
        if parent_id in by_parent:
            offices[pk] = by_parent[parent_id]
        elif parent_id in by_parent.values():
            offices[pk] = parent_id
    return offices


def _actor(user: User, posts: list[Post], company_office: dict[int, int]) -> Actor:
    held = []
    for post in posts:
        unit = post.unit
        office = (
            unit.pk if unit.kind in {UnitKind.CENTRE, UnitKind.COUNTY_OFFICE} else company_office.get(unit.pk)
        )
        held.append(
            HeldPost(
                Role(post.role),
                unit.pk,
                str(unit),
                UnitKind(unit.kind),
                Level(unit.level),
                tuple(unit.ancestor_ids()),
                office,
            )
        )
    return Actor("staff", user.pk, str(user), tuple(held))
