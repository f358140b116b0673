"""Everything that a change of people, teams or keys touches, in one session."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.api_keys import ApiKeyRepository
from app.db.repositories.audit_log import AuditLogRepository
from app.db.repositories.bodies import BodyRepository
from app.db.repositories.body_rules import BodyRuleRepository
from app.db.repositories.budgets import BudgetRepository
from app.db.repositories.changes import ChangeRepository
from app.db.repositories.events import EventRepository
from app.db.repositories.limits import LimitRepository
from app.db.repositories.members import MemberRepository
from app.db.repositories.models import ModelRepository
from app.db.repositories.prices import PriceRepository
from app.db.repositories.sessions import SessionRepository
from app.db.repositories.teams import TeamRepository
from app.db.repositories.users import UserRepository


class People:
    """The repositories of people and of what binds them, over one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self.users = UserRepository(session)
        self.teams = TeamRepository(session)
        self.members = MemberRepository(session)
        self.keys = ApiKeyRepository(session)
        self.sessions = SessionRepository(session)
        self.budgets = BudgetRepository(session)
        self.limits = LimitRepository(session)
        self.events = EventRepository(session)
        self.prices = PriceRepository(session)
        self.body_rules = BodyRuleRepository(session)
        self.models = ModelRepository(session)
        self.bodies = BodyRepository(session)
        self.audit_log = AuditLogRepository(session)
        self.changes = ChangeRepository(session)
