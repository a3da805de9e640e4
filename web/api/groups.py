"""The groups that the API's operations are listed under."""

from web.operations import Operations

JOBS = Operations("jobs", "Jobs: submit, ask, list, cancel, run again.")
FILES = Operations("files", "The files of ended jobs.")
EVENTS = Operations("events", "What happens, as it happens.")
APPS = Operations("apps", "Apps: what can be run here, how often it was; for authors: make and change them.")
VERSIONS = Operations("versions", "Versions: the images of an app, each immutable.")
SANDBOXES = Operations("sandboxes", "Sandboxes: where authors install a program; commits make versions of them.")
GROUPS = Operations("groups", "Groups of users, with whom apps are shared; for administrators.")
TOKENS = Operations("tokens", "Tokens: named, with scopes, with an end, revocable.")
KEYS = Operations("ssh-keys", "SSH keys: they let authors into the sandboxes of their apps.")
WEBHOOKS = Operations("webhooks", "Webhooks: addresses that are told what happens to one's jobs.")
PORTAL = Operations("portal", "The portal itself.")

ALL = (JOBS, FILES, EVENTS, APPS, VERSIONS, SANDBOXES, GROUPS, TOKENS, KEYS, WEBHOOKS, PORTAL)
