"""The wiring: builds every long-lived object once, and is the only file that knows how they fit."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from app.core.clock import Clock, SystemClock
from app.core.config import Settings
from app.core.demo_data import is_demo
from app.core.errors import ConfigurationError
from app.core.gateway_file import GatewayConfig, load_gateway
from app.core.security import load_pepper
from app.core.telemetry import Metrics
from app.db.database import Database, open_database
from app.db.ledger_writer import open_ledger_writer
from app.db.repositories.accounting_terms import AccountingTerms
from app.db.repositories.body_rules import BodyRuleDirectory
from app.db.repositories.budget_periods import BudgetPeriodDirectory
from app.db.repositories.holds import HoldDirectory
from app.db.repositories.key_directory import KeyDirectory
from app.db.repositories.models import StoredModels
from app.db.repositories.prices import PriceDirectory
from app.services.admission.admission import Admission
from app.services.admission.stored_terms import StoredTerms
from app.services.authenticator import Authenticator, open_authenticator
from app.services.builtins import builtin_principals
from app.services.inference.attempts import Attempts
from app.services.inference.front_door import FrontDoor
from app.services.inference.service import InferenceService
from app.services.ledger.body_rules import BodyRules
from app.services.ledger.lease import open_ledger
from app.services.ledger.ledger import Ledger
from app.services.ledger.upkeep import LedgerUpkeep
from app.services.passwords import PasswordHasher
from app.services.prices.price_book import PriceBook
from app.services.providers.http_client import open_client
from app.services.providers.kinds import pools_of
from app.services.routing.catalogue import Catalogue
from app.services.routing.entrances import Entrances
from app.services.routing.file_watch import GatewayFileWatch
from app.services.routing.health import Health
from app.services.routing.live_models import LiveModels
from app.services.routing.made_models import MadeModels
from app.services.routing.model_directory import ModelDirectory
from app.services.routing.model_tasks import ModelTasks
from app.services.routing.plan import Planner
from app.services.routing.router import Router
from app.services.routing.task_finder import TaskFinder
from app.services.routing.upstream_views import UpstreamViews
from app.services.session_upkeep import open_sessions
from app.services.sessions import Sessions
from app.services.sign_in_failures import SignInFailures
from app.services.sign_in_links import SignInLinks
from app.utils.background import running_beside

NO_UPSTREAM = (
    "No upstream can answer: HF_TOKEN is not set. "
    "Set it, or pass --simulate to serve made-up answers."
)


@dataclass(frozen=True, slots=True)
class Container:
    """What lives as long as the process."""

    settings: Settings
    gateway: GatewayConfig
    clock: Clock
    metrics: Metrics
    database: Database
    ledger: Ledger
    authenticator: Authenticator
    passwords: PasswordHasher
    sessions: Sessions
    sign_in_links: SignInLinks
    sign_in_failures: SignInFailures
    admission: Admission
    body_rules: BodyRules
    inference: InferenceService
    router: Router
    health: Health
    entrances: Entrances
    upstreams: UpstreamViews
    models: ModelDirectory
    tasks: ModelTasks
    prices: PriceBook
    gateway_file: GatewayFileWatch
    made_models: MadeModels
    is_demo: bool  # and so nothing that it shows has happened


@asynccontextmanager
async def open_container(
    settings: Settings,
    gateway: GatewayConfig | None = None,
    operator_secret: str | None = None,
    *,
    operator_only: bool = False,
    clock: Clock | None = None,
    closing: asyncio.Event | None = None,
) -> AsyncGenerator[Container]:
    """Open everything in order; close it in reverse, even after a failure.

    `operator_secret` is an admin's credential that lives as long as the process. With
    `operator_only`, neither must a call be answered nor must the keys in use still work. Without a
    `clock`, the machine's own counts. Once `closing` is set, no call is let in any more.

    Raises:
        ConfigurationError: the gateway cannot run as configured.
    """
    gateway = gateway or load_gateway(settings)
    if not gateway.upstreams and not operator_only:
        raise ConfigurationError(NO_UPSTREAM)
    clock, metrics = clock or SystemClock(), Metrics()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.data_dir))
        writer = await stack.enter_async_context(open_ledger_writer(database.path))
        ledger = await stack.enter_async_context(
            open_ledger(writer, HoldDirectory(database), clock)
        )
        authenticator = await stack.enter_async_context(
            open_authenticator(
                KeyDirectory(database),
                load_pepper(settings.data_dir, settings.key_pepper),
                clock,
                builtin_principals(settings, operator_secret),
                are_keys_used=not operator_only,
            )
        )
        sessions, failures = await stack.enter_async_context(
            open_sessions(database, authenticator, clock)
        )
        client = await stack.enter_async_context(open_client())
        pools = pools_of(gateway.upstreams, client, clock)
        catalogue = Catalogue(gateway, pools)
        models = ModelDirectory(gateway, pools, catalogue, clock)
        prices = PriceBook(gateway, PriceDirectory(database), models, clock)
        tasks = TaskFinder(gateway, catalogue, clock)
        live = LiveModels(gateway, (catalogue.take, models.take, prices.take, tasks.take))
        gateway_file = GatewayFileWatch(settings, live, metrics)
        made_models = MadeModels(StoredModels(database), live)
        admission = Admission(
            ledger,
            prices,
            StoredTerms(AccountingTerms(database), BudgetPeriodDirectory(database)),
            catalogue.bounds_of,
            clock=clock,
        )
        body_rules = BodyRules(BodyRuleDirectory(database), clock)
        for stored in (prices, made_models, admission, body_rules):
            await stored.refresh()
        background = [admission.keep_following, body_rules.keep_following]
        if not operator_only:
            background += [
                made_models.keep_following,
                models.keep_known,
                gateway_file.look_for_ever,
                LedgerUpkeep(database, clock, settings.ledger_retention_days).run_for_ever,
            ]
        for work in background:
            await stack.enter_async_context(running_beside(work()))
        health, entrances = Health(clock), Entrances(gateway.upstreams)
        router = Router(catalogue, Planner(health, entrances), prices, clock)
        yield Container(
            settings=settings,
            gateway=gateway,
            clock=clock,
            metrics=metrics,
            database=database,
            ledger=ledger,
            authenticator=authenticator,
            passwords=PasswordHasher(),
            sessions=sessions,
            sign_in_links=SignInLinks(clock, sessions.pepper),
            sign_in_failures=failures,
            admission=admission,
            body_rules=body_rules,
            inference=InferenceService(
                router,
                admission,
                Attempts(admission, health, entrances, clock),
                body_rules,
                metrics=metrics,
                front_door=FrontDoor(settings.max_calls, closing),
            ),
            router=router,
            health=health,
            entrances=entrances,
            upstreams=UpstreamViews(gateway.upstreams, health, entrances, clock),
            models=models,
            tasks=ModelTasks(models, tasks, clock),
            prices=prices,
            gateway_file=gateway_file,
            made_models=made_models,
            is_demo=is_demo(settings.data_dir)
            and all(one.simulated for one in gateway.upstreams.values()),
        )
