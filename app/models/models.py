"""The table of models that were made over the API."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ModelRow(Base):
    """A public model name and what stands behind it, in the words of `meterhouse.toml`."""

    __tablename__ = "models"

    name: Mapped[str] = mapped_column(primary_key=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at_ms: Mapped[int]
    updated_at_ms: Mapped[int]
