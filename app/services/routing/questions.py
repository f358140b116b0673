"""From what an admin wants to know of a call to the question where it would go."""

from dataclasses import dataclass

from app.core.errors import NotFoundError
from app.db.repositories.api_keys import ApiKeyRepository
from app.services.access import require_admin
from app.services.key_rights import keys_in_sight
from app.services.principals import Principal
from app.services.routing.explain import ExplainedPlan, Explainer, Question


@dataclass(frozen=True, slots=True)
class Wondering:
    """A call that might be made."""

    model: str | None  # None: the default model
    stream: bool
    end_user: str | None
    key_id: str | None  # None: the key of who asks
    text_bytes: int  # of its body


class RoutingGuide:
    """Tells admins where calls would go, their own and those of any key."""

    def __init__(self, explainer: Explainer, keys: ApiKeyRepository, who: Principal) -> None:
        """Take who explains plans, where keys are, and who asks."""
        self._explainer = explainer
        self._keys = keys
        self._who = who

    async def explain(self, wondering: Wondering) -> ExplainedPlan:
        """Return the plan of a call, as it would be made now.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such key.
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody answers.
        """
        who = self._who
        require_admin(who, to="ask where calls go")
        allowed, owner = who.allowed_models, who.user_id or who.key_id
        if wondering.key_id is not None:
            key = await self._keys.get_in_sight(wondering.key_id, keys_in_sight(who))
            if key is None:
                raise NotFoundError(
                    f"There is no key with the id {wondering.key_id!r}. `GET /v1/keys` lists them.",
                    param="key_id",
                )
            allowed = None if key.allowed_models is None else tuple(key.allowed_models)
            owner = key.user_id or key.id
        return self._explainer.explain(
            Question(
                model=wondering.model,
                allowed=allowed,
                identity=wondering.end_user or owner,
                stream=wondering.stream,
                text_bytes=wondering.text_bytes,
            )
        )
