"""The body of a message, in ASCII; the same at every attempt."""

import json
from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.models import WebhookDelivery
from allgo_hpc.reading.events import event_answer, events_after
from allgo_hpc.times import stamp

STATE = "job.state"
TEST = "webhook.test"


def message_body(session: Session, delivery: WebhookDelivery, base_url: str) -> bytes:
    """Return what is sent: an event of a job, or the words of a test."""
    if delivery.event_id is None:
        told: dict[str, Any] = {"type": TEST, "timestamp": stamp(delivery.created_at), "data": {}}
    else:
        event = events_after(session, delivery.event_id - 1, most=1)[0]
        url = f"{base_url.rstrip('/')}/api/v1/jobs/{event.job_id}"
        told = {"type": STATE, "timestamp": stamp(event.at), "data": event_answer(event) | {"url": url}}
    return json.dumps(told).encode("ascii")
