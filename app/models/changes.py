"""The table that tells every process that something it remembers may have changed."""

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ChangeCounter(Base):
    """How often something changed. The migration made the rows; each only counts up."""

    __tablename__ = "changes"

    name: Mapped[str] = mapped_column(primary_key=True)
    counter: Mapped[int]
