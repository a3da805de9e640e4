"""``/api/v1/webhooks``: addresses that are told what happens to one's jobs, and what was sent to them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from allgo_hpc.models import JobEvent, Webhook, WebhookDelivery
from allgo_hpc.times import stamp
from allgo_hpc.webhooks.addresses import parse_allowed
from allgo_hpc.webhooks.log import list_deliveries, redeliver, send_test
from allgo_hpc.webhooks.manage import delete_webhook, find_webhook, list_webhooks, make_webhook
from allgo_hpc.webhooks.message import STATE, TEST
from web.api.accounts.webhook_schemas import (
    DeliveriesQuery,
    Delivery,
    DeliveryList,
    MadeWebhook,
    NewWebhook,
    WebhookEntry,
    WebhookList,
)
from web.api.groups import WEBHOOKS
from web.auth import current_user, needs
from web.checks import json_or_form, load_body
from web.context import base_url, get_services, get_session
from web.paging import before_id


@WEBHOOKS.operation(
    "/api/v1/webhooks",
    method="POST",
    auth=needs("jobs:write"),
    body=json_or_form(NewWebhook, required=True),
    answers={201: MadeWebhook},
    errors=(400, 409),
    links={"webhook_id": ("get_webhook", "remove_webhook", "post_test", "get_deliveries")},
)
def post_webhook() -> tuple[Response, int]:
    """Make a webhook, which is told of every change of one's jobs from now on; the secret is shown this once.

    Messages are signed as the Standard Webhooks specification has it. One that is not answered with 2xx is sent again
    after 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, 12 h and 24 h. One may have ten webhooks.
    """
    sent = load_body(request, NewWebhook())
    allowed = parse_allowed(get_services().settings.webhook_allow)
    webhook = make_webhook(get_session(), current_user(), sent["url"], allowed)
    answer = jsonify(_entry(webhook) | {"secret": webhook.secret})
    answer.headers["Cache-Control"] = "no-store"
    return answer, 201


@WEBHOOKS.operation("/api/v1/webhooks", auth=needs("jobs:read"), answers={200: WebhookList})
def get_webhooks() -> Response:
    """List one's webhooks, without their secrets."""
    return jsonify({"webhooks": [_entry(each) for each in list_webhooks(get_session(), current_user())]})


@WEBHOOKS.operation("/api/v1/webhooks/<webhook_id>", auth=needs("jobs:read"), answers={200: WebhookEntry})
def get_webhook(webhook_id: str) -> Response:
    """Show a webhook, without its secret."""
    return jsonify(_entry(find_webhook(get_session(), current_user(), webhook_id)))


@WEBHOOKS.operation(
    "/api/v1/webhooks/<webhook_id>",
    method="DELETE",
    auth=needs("jobs:write"),
    answers={204: {"description": "Deleted."}},
)
def remove_webhook(webhook_id: str) -> tuple[str, int]:
    """Delete a webhook with its log. A message that is under way may still arrive."""
    session = get_session()
    delete_webhook(session, find_webhook(session, current_user(), webhook_id))
    return "", 204


@WEBHOOKS.operation(
    "/api/v1/webhooks/<webhook_id>/test",
    method="POST",
    auth=needs("jobs:write"),
    answers={202: Delivery},
    errors=(409,),
    links={"delivery_id": ("post_redeliver",)},
)
def post_test(webhook_id: str) -> tuple[Response, int]:
    """Send a message of the type `webhook.test`, to see whether it arrives."""
    session = get_session()
    delivery = send_test(session, find_webhook(session, current_user(), webhook_id))
    return jsonify(_delivery(delivery, None)), 202


@WEBHOOKS.operation(
    "/api/v1/webhooks/<webhook_id>/deliveries",
    auth=needs("jobs:read"),
    query=DeliveriesQuery,
    answers={200: DeliveryList},
)
def get_deliveries(query: Mapping[str, Any], webhook_id: str) -> Response:
    """List what was sent to a webhook in the last 30 days and what became of it, newest first."""
    session = get_session()
    webhook = find_webhook(session, current_user(), webhook_id)
    page, before = list_deliveries(session, webhook, limit=query["limit"], before_id=before_id(query.get("cursor")))
    following = None
    if before is not None:
        words = urlencode({"limit": query["limit"], "cursor": f"b{before}"})
        following = f"{base_url()}/api/v1/webhooks/{webhook.id}/deliveries?{words}"
    return jsonify({"deliveries": [_delivery(*each) for each in page], "next": following})


@WEBHOOKS.operation(
    "/api/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver",
    method="POST",
    auth=needs("jobs:write"),
    answers={202: Delivery},
    errors=(409,),
)
def post_redeliver(webhook_id: str, delivery_id: str) -> tuple[Response, int]:
    """Send a message again, whatever became of it; it keeps its `webhook-id`."""
    session = get_session()
    delivery = redeliver(session, find_webhook(session, current_user(), webhook_id), delivery_id)
    event = session.get(JobEvent, delivery.event_id) if delivery.event_id is not None else None
    return jsonify(_delivery(delivery, event)), 202


def _entry(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "active": webhook.active,
        "created_at": stamp(webhook.created_at),
    }


def _delivery(delivery: WebhookDelivery, event: JobEvent | None) -> dict[str, Any]:
    state = "waiting" if delivery.next_at is not None else "given_up" if delivery.gave_up else "delivered"
    return {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "type": STATE if delivery.event_id is not None else TEST,
        "event": delivery.event_id,
        "job": event.job_id if event is not None else None,
        "job_state": event.new if event is not None else None,
        "state": state,
        "attempts": delivery.attempts,
        "status_code": delivery.status_code,
        "error": delivery.error,
        "created_at": stamp(delivery.created_at),
        "next_at": stamp(delivery.next_at),
        "delivered_at": stamp(delivery.delivered_at),
    }
