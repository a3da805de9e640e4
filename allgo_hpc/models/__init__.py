"""The portal's records."""

from allgo_hpc.models.accounts import SshKey, Token, User, UserQuota
from allgo_hpc.models.apps import DEFAULT_BASE, App, AppChange, Version
from allgo_hpc.models.base import Base, UtcDateTime, utc_now
from allgo_hpc.models.commits import AppEvent, Commit, Sample, Sandbox
from allgo_hpc.models.health import Health
from allgo_hpc.models.jobs import IdempotencyKey, Job, JobEvent, JobFile, JobInput
from allgo_hpc.models.lease import Lease
from allgo_hpc.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "DEFAULT_BASE",
    "App",
    "AppChange",
    "AppEvent",
    "Base",
    "Commit",
    "Health",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobFile",
    "JobInput",
    "Lease",
    "Sample",
    "Sandbox",
    "SshKey",
    "Token",
    "User",
    "UserQuota",
    "UtcDateTime",
    "Version",
    "Webhook",
    "WebhookDelivery",
    "utc_now",
]
