"""What the API says of webhooks, for the OpenAPI document; what it takes, for document and checks alike."""

from marshmallow import Schema, fields, validate

from allgo_hpc.webhooks.message import STATE, TEST
from allgo_hpc.webhooks.urls import LONGEST
from web.paging import CURSOR

_MOST = 100


class NewWebhook(Schema):
    """A webhook that is wanted."""

    url = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST),
        metadata={
            "pattern": "^https?://",
            "description": "Where messages are sent: http:// or https://, on the public internet.",
        },
    )


class WebhookEntry(Schema):
    """A webhook; its secret is shown once, when it is made."""

    id = fields.Integer(required=True)
    url = fields.String(required=True)
    active = fields.Boolean(
        required=True, metadata={"description": "False once its receiver has answered 410 Gone: it stays off."}
    )
    created_at = fields.DateTime(required=True)


class MadeWebhook(WebhookEntry):
    """A new webhook."""

    secret = fields.String(
        required=True, metadata={"description": "Checks the signature of messages. It cannot be shown again."}
    )


class WebhookList(Schema):
    """One's webhooks."""

    webhooks = fields.List(fields.Nested(WebhookEntry), required=True)


class Delivery(Schema):
    """A message, and what became of it."""

    id = fields.Integer(required=True)
    message_id = fields.String(required=True, metadata={"description": "Its `webhook-id`, the same at every attempt."})
    type = fields.String(required=True, validate=validate.OneOf([STATE, TEST]))
    event = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Number of the event that it tells."}
    )
    job = fields.Integer(required=True, allow_none=True)
    job_state = fields.String(
        required=True, allow_none=True, metadata={"description": "State of the job that it tells."}
    )
    state = fields.String(required=True, validate=validate.OneOf(["waiting", "delivered", "given_up"]))
    attempts = fields.Integer(required=True, metadata={"description": "Since it was made, or asked for by hand."})
    status_code = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the last answer; null where none came."}
    )
    error = fields.String(required=True, metadata={"description": "What was wrong at the last attempt."})
    created_at = fields.DateTime(required=True)
    next_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "When it is tried next."})
    delivered_at = fields.DateTime(required=True, allow_none=True)


class DeliveryList(Schema):
    """A page of what was sent, newest first."""

    deliveries = fields.List(fields.Nested(Delivery), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Address of the next page; null on the last."}
    )


class DeliveriesQuery(Schema):
    """Which page."""

    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, _MOST), metadata={"description": "Deliveries on a page."}
    )
    cursor = fields.String(metadata=CURSOR)
