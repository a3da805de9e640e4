"""The portal's records."""

from allgo_hpc.models.accounts import Audit, Group, GroupMember, SshKey, Token, User, UserQuota
from allgo_hpc.models.apps import DEFAULT_BASE, App, AppChange, AppShare, Version
from allgo_hpc.models.base import Base, UtcDateTime, utc_now
from allgo_hpc.models.commits import AppEvent, Commit, Sample, Sandbox
from allgo_hpc.models.health import Health
from allgo_hpc.models.jobs import IdempotencyKey, Job, JobEvent, JobFile, JobInput, JobShare
from allgo_hpc.models.lease import Lease
from allgo_hpc.models.notices import Announcement, Mail
from allgo_hpc.models.uploads import Upload
from allgo_hpc.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "DEFAULT_BASE",
    "Announcement",
    "App",
    "AppChange",
    "AppEvent",
    "AppShare",
    "Audit",
    "Base",
    "Commit",
    "Group",
    "GroupMember",
    "Health",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobFile",
    "JobInput",
    "JobShare",
    "Lease",
    "Mail",
    "Sample",
    "Sandbox",
    "SshKey",
    "Token",
    "Upload",
    "User",
    "UserQuota",
    "UtcDateTime",
    "Version",
    "Webhook",
    "WebhookDelivery",
    "utc_now",
]
