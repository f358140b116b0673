"""The table of API keys."""

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ApiKey(Base):
    """One key. Its secret is not here, only a digest that recognises it.

    A key of a user may be charged to a team of theirs. A key of a team without a user is a service
    key: it stays when its maker goes.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    pepper_version: Mapped[int]
    prefix: Mapped[str]  # the first 8 characters of the secret, to recognise it by
    last4: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at_ms: Mapped[int]
    expires_at_ms: Mapped[int | None]  # None: never
    revoked_at_ms: Mapped[int | None]
    last_used_at_ms: Mapped[int | None]  # written now and then, not with each call
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[str | None] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), index=True
    )
    allowed_models: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # None: all
    tags: Mapped[dict[str, str]] = mapped_column(JSON)
    created_by: Mapped[str | None]  # a user's id; no foreign key: makers come and go
    # The first key of a row of rotations. Limits and budgets of a key are those of its lineage.
    lineage_id: Mapped[str | None]  # None: it is the first itself

    def is_good(self, at_ms: int) -> bool:
        """Say whether it is neither revoked nor expired at a moment, whatever its owner is."""
        has_expired = self.expires_at_ms is not None and self.expires_at_ms <= at_ms
        return self.revoked_at_ms is None and not has_expired
