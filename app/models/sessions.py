"""The table of sessions of people in browsers."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SessionRow(Base):
    """One browser in which somebody is signed in. Its cookie is not here, only a digest of it."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    signed_in_with: Mapped[str]
    created_at_ms: Mapped[int]
    used_at_ms: Mapped[int]  # written once a minute at most
    expires_at_ms: Mapped[int]  # however much it is used

    __table_args__ = (
        CheckConstraint("signed_in_with IN ('link', 'password')", name="signed_in_with"),
    )
