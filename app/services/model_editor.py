"""Models over the API: what admins see of all of them, and making, changing and ending some."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, InvalidRequestError, NotFoundError
from app.core.gateway_models import ModelConfig, ModelTerms
from app.core.problems import unknown
from app.db.repositories.models import ModelRepository
from app.models.models import ModelRow
from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.utils.nearest import nearest

MOST_MODELS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ShownModel:
    """A model, whoever defines it. One of `meterhouse.toml` has no moments."""

    name: str
    config: ModelTerms | ModelConfig
    created_at_ms: int | None = None
    updated_at_ms: int | None = None


class ModelService:
    """Shows the models that are configured."""

    def __init__(self, models: ModelRepository, of_file: Mapping[str, ModelConfig]) -> None:
        """Take where those of the API are, and those of the file."""
        self._models = models
        self._of_file = of_file

    async def list_all(self) -> Sequence[ShownModel]:
        """Return those of the file, then those of the API that it does not define itself."""
        made = [_shown(row) for row in await self._models.list_all()]
        of_file = [ShownModel(name, config) for name, config in self._of_file.items()]
        return [*of_file, *(one for one in made if one.name not in self._of_file)]

    async def fetch(self, name: str) -> ShownModel:
        """Return one of them.

        Raises:
            NotFoundError: nobody has configured a model of this name.
        """
        if name in self._of_file:
            return ShownModel(name, self._of_file[name])
        return _shown(_required(await self._models.get(name)))


class ModelEditor:
    """Makes, changes and deletes models inside the caller's transaction. Only admins may."""

    def __init__(
        self,
        models: ModelRepository,
        trail: AuditTrail,
        clock: Clock,
        *,
        of_file: Collection[str],
        upstreams: Collection[str],
    ) -> None:
        """Take where models are, who changes them, the time, and what the file says."""
        self._models = models
        self._trail = trail
        self._clock = clock
        self._of_file = of_file
        self._upstreams = upstreams

    async def create(self, name: str, terms: ModelTerms) -> ShownModel:
        """Make a model.

        Raises:
            ForbiddenError: the caller is no admin.
            ConflictError: there is one of this name already, or there are too many.
            InvalidRequestError: a target's upstream is none.
        """
        require_admin(self._trail.who, to="make models")
        self._require_not_of_file(name)
        self._require_upstreams(terms)
        if await self._models.get(name) is not None:
            raise ConflictError(
                "There is a model of this name already. Change it: "
                f"`PATCH /v1/admin/models/{name}`.",
                param="name",
            )
        if await self._models.count() >= MOST_MODELS:
            raise ConflictError(f"There are {MOST_MODELS:,} models already. Delete some first.")
        now_ms = epoch_ms(self._clock.now())
        row = ModelRow(name=name, config=_facts(terms), created_at_ms=now_ms, updated_at_ms=now_ms)
        await self._models.add(row)
        await self._trail.record(Action.MODEL_CREATE, name, after=row.config)
        return _shown(row)

    async def update(self, name: str, changes: Mapping[str, Any]) -> ShownModel:
        """Change what is named, and leave the rest. Calls under way keep their targets.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such model.
            ConflictError: `meterhouse.toml` defines it.
            InvalidRequestError: a target's upstream is none.
        """
        require_admin(self._trail.who, to="change models")
        self._require_not_of_file(name)
        row = _required(await self._models.get(name))
        terms = ModelTerms.model_validate({**row.config, **changes})
        self._require_upstreams(terms)
        before, after = row.config, _facts(terms)
        if after != before:
            row.config, row.updated_at_ms = after, epoch_ms(self._clock.now())
            await self._trail.record(Action.MODEL_UPDATE, name, before=before, after=after)
        return _shown(row)

    async def delete(self, name: str) -> None:
        """Delete a model. Calls under way end as they would have.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such model.
            ConflictError: `meterhouse.toml` defines it.
        """
        require_admin(self._trail.who, to="delete models")
        self._require_not_of_file(name)
        row = _required(await self._models.get(name))
        await self._trail.record(Action.MODEL_DELETE, name, before=row.config)
        await self._models.delete(row)

    def _require_not_of_file(self, name: str) -> None:
        if name in self._of_file:
            raise ConflictError(
                f"The model {name!r} is defined in meterhouse.toml, which goes first. Change it "
                "there: a running server takes the changed file over.",
                param="name",
            )

    def _require_upstreams(self, terms: ModelTerms) -> None:
        for index, target in enumerate(terms.targets):
            if target.upstream not in self._upstreams:
                meant = nearest(target.upstream, self._upstreams)
                field = f"targets[{index}].upstream"
                what = unknown("upstream", self._upstreams, meant)
                raise InvalidRequestError(f"`{field}` is an {what}", param=field)


def _required(row: ModelRow | None) -> ModelRow:
    if row is None:
        raise NotFoundError("There is no such model. `GET /v1/admin/models` lists them.")
    return row


def _shown(row: ModelRow) -> ShownModel:
    terms = ModelTerms.model_validate(row.config)
    return ShownModel(row.name, terms, row.created_at_ms, row.updated_at_ms)


def _facts(terms: ModelTerms) -> dict[str, Any]:
    return terms.model_dump(mode="json", exclude_none=True)
