"""What the tests of webhooks share: webhooks, events, and senders that only write down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.jobs.events import add_event
from allgo_hpc.jobs.moves import move
from allgo_hpc.models import Job, User, Webhook, WebhookDelivery
from allgo_hpc.states import JobState
from allgo_hpc.webhooks.addresses import Allowed, parse_allowed
from allgo_hpc.webhooks.manage import make_webhook
from allgo_hpc.webhooks.sending import Outcome
from tests.fast.domain.world import World

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HERE = parse_allowed("127.0.0.0/8")
TAKEN = Outcome(200, "")
FAILED = Outcome(500, "it answered 500")
GONE = Outcome(410, "it answered 410")


@dataclass
class Notes:
    """A sender that sends nothing: keeps what it was given, and answers as it is told."""

    outcomes: list[Outcome] = field(default_factory=lambda: [TAKEN])
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    allowed: Allowed = HERE

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        self.sent.append((url, dict(headers), body))
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def webhook(world: World, user: User | None = None, url: str = "https://hooks.example.org/") -> Webhook:
    return make_webhook(world.session, user or world.user, url, HERE)


def events(world: World, job: Job, *states: JobState) -> None:
    """Move a job along, as the sweep does."""
    for state in states:
        assert move(world.session, job, state, source="controller", values={"reason": f"It is {state.value}."})


def told_again(world: World, job: Job) -> None:
    """An event that is no change of state, as a request to cancel makes one."""
    add_event(world.session, [job], old=job.state, source="portal", detail="Cancelling.")
    world.session.commit()


def deliveries(session: Session, hook: Webhook) -> list[WebhookDelivery]:
    session.expire_all()
    return list(
        session.scalars(
            select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id).order_by(WebhookDelivery.id)
        )
    )
