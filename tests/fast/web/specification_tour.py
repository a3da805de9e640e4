"""Every answer that must have been met, by a request that is known to get it; each is held against the document.

What is made up meets most of them too, but not for certain: a part of a file that is long enough, a job that has not
ended. What is asked here does not depend on chance.
"""

from typing import Any

from schemathesis.specs.openapi.schemas import OpenApiSchema

from allgo_hpc.accounts import add_user
from tests.fast.pictures import png
from tests.fast.web import forms
from tests.fast.web.portal import JOBS, Portal
from tests.fast.web.specification import HOOK, Inhabited
from tests.fast.web.specification_authors import APPS, DESCRIPTOR, a_key

JOB = f"{JOBS}/{{job_id}}"
APP = f"{APPS}/{{app_name}}"
FILE = "/api/v1/datastore/{job_id}/{name}"
BY_SECRET = "/datastore/{user_id}/{app_id}/{folder}/{name}"
VERSION = f"{APP}/versions/{{number}}"
SANDBOX = f"{APP}/sandbox"
COMMITS = f"{APP}/commits"
COMMIT = f"{COMMITS}/{{commit_id}}"
SAMPLE = f"{APP}/sample"
SHARES = f"{APP}/shares"
GROUPS = "/api/v1/groups"
GROUP = f"{GROUPS}/{{group_name}}"
HOOKS = "/api/v1/webhooks"
KEYS = "/api/v1/account/ssh-keys"
TOKENS = "/api/v1/tokens"
JSON = "application/json"


class Tour:
    """Asks; ``reached`` holds each operation with the status that it was answered with."""

    def __init__(self, portal: Portal, inhabited: Inhabited, schema: OpenApiSchema) -> None:
        """Take a portal with something of everything in it, and its document."""
        self.portal = portal
        self.bench = inhabited.bench
        self.gone = inhabited.gone
        self.schema = schema
        self.reached: set[tuple[str, int]] = set()

    def whole(self) -> None:
        """Ask everything."""
        self._jobs()
        self._files()
        self._apps()
        self._versions()
        self._sandboxes()
        self._samples()
        self._accounts()
        self._sharing()

    def ask(self, operation: str, status: int, sent: Any = None, kind: str = JSON, **more: Any) -> Any:
        """Send one request; returns the answer's JSON, if it is some.

        Args:
            operation: method and address, as the document has it.
            status: that is expected.
            sent: the body.
            kind: of the body.
            more: ``headers`` and ``query`` by these names, all else is of the address.
        """
        method, _, path = operation.partition(" ")
        headers, query = more.pop("headers", {}), more.pop("query", {})
        body = {"body": sent, "media_type": kind} if sent is not None else {}
        case = self.schema[path][method].Case(
            path_parameters=more, query=query, headers=headers | self.portal.auth, **body
        )
        answer = case.call()
        assert answer.status_code == status, f"{operation}: {answer.status_code} {answer.text[:500]}"
        case.validate_response(answer)
        self.reached.add((operation, status))
        return answer.json() if answer.headers.get("content-type", [""])[0] == JSON else None

    def _jobs(self) -> None:
        portal, form = self.portal, forms.URLENCODED
        self.ask(f"POST {JOBS}", 200, {"job[webapp_name]": "textstats"}, form)
        self.ask(f"POST {JOBS}", 400, {"job[webapp_name]": "textstats", "job[param]": "'"}, form)
        once = {"Idempotency-Key": "once"}
        self.ask(f"POST {JOBS}", 200, {"job[webapp_name]": "textstats"}, form, headers=once)
        self.ask(f"POST {JOBS}", 422, {"job[webapp_name]": "textstats", "job[param]": "1"}, form, headers=once)
        self.ask(f"GET {JOBS}", 200, query={"limit": 2})
        runs = portal.submit(forms.file("file", "sent.txt", b"a"))
        for operation in (f"DELETE {JOB}", f"GET {JOB}/archive"):
            self.ask(operation, 409, job_id=runs)
        self.ask(f"POST {JOB}/rerun", 200, {"param": "1"}, job_id=runs)
        self.ask(f"POST {JOB}/cancel", 200, job_id=runs)
        self.ask(f"GET {JOB}/events", 200, job_id=runs, query={"wait": 0})
        self.ask("GET /api/v1/events", 200, query={"wait": 0})
        portal.end(runs)
        self.ask(f"GET {JOB}", 200, job_id=runs)
        etag = portal.get(f"{JOBS}/{runs}").headers["ETag"]
        self.ask(f"GET {JOB}", 304, job_id=runs, headers={"If-None-Match": etag})
        self.ask(f"GET {JOB}", 404, job_id=987_654)
        self.ask(f"GET {JOB}", 410, job_id=self.gone)
        self.ask(f"POST {JOB}/cancel", 409, job_id=runs)
        self.ask(f"POST {JOB}/keep", 200, {}, job_id=runs)
        changed = portal.submit(forms.file("file", "sent.txt", b"a"))
        (portal.world.services.layout.job_dir(portal.job(changed)) / "sent.txt").unlink()
        portal.end(changed)
        self.ask(f"POST {JOB}/rerun", 409, {}, job_id=changed)
        self.ask(f"DELETE {JOB}", 204, job_id=changed)
        self.ask("GET /api/v1/status", 200)
        for what in ("per_user", "per_result", "created"):
            self.ask("GET /api/v1/metrics/{what}/{app_name}", 200, what=what, app_name="textstats")

    def _files(self) -> None:
        job, _ = self.portal.finished({"out.txt": b"0123456789"})
        number, name = job.id, "out.txt"
        secret = {"user_id": job.user_id, "app_id": job.app_id, "folder": job.folder, "name": name}
        self.ask(f"GET {JOB}/files", 200, job_id=number)
        self.ask(f"GET {JOB}/archive", 200, job_id=number)
        for operation, where in (
            (f"GET {FILE}", {"job_id": number, "name": name}), (f"GET {BY_SECRET}", secret),
            (f"GET {JOB}/archive", {"job_id": number}),
        ):  # fmt: skip
            self.ask(operation, 200, **where)
            self.ask(operation, 206, headers={"Range": "bytes=1-3"}, **where)
            self.ask(operation, 416, headers={"Range": "bytes=9999999-"}, **where)
        self.ask(f"GET {FILE}", 410, job_id=self.gone, name="sent.txt")

    def _apps(self) -> None:
        own = {"app_name": "textstats"}
        self.ask(f"POST {APPS}", 201, {"name": "filter"})
        self.ask(f"POST {APPS}", 400, {"name": "../etc"})
        self.ask(f"POST {APPS}", 409, {"name": "textstats"})
        self.ask(f"GET {APPS}", 200, query={"mine": True})
        self.ask(f"GET {APP}", 200, **own)
        self.ask(f"PATCH {APP}", 200, {"title": "Words"}, **own)
        self.ask(f"GET {APP}/history", 200, query={"limit": 1}, **own)
        self.ask(f"GET {APP}/advice", 200, **own)
        bytes_ = "application/octet-stream"
        self.ask(f"PUT {APP}/icon", 204, png(), bytes_, **own)
        self.ask(f"PUT {APP}/icon", 400, b"GIF89a", bytes_, **own)
        self.ask(f"GET {APP}/icon", 200, **own)
        self.ask(f"DELETE {APP}/icon", 204, **own)
        self.ask(f"GET {APP}/icon", 404, **own)
        self.ask(f"PUT {APP}/icon", 204, png(), bytes_, **own)
        self.ask(f"POST {APP}/parameters/render", 200, {"values": {"n": 3}}, **own)
        self.ask(f"POST {APP}/parameters/parse", 200, {"param": "-n 3"}, **own)
        self.ask(f"GET {APP}/boutiques", 200, **own)
        self.ask(f"PUT {APP}/boutiques", 200, {"descriptor": DESCRIPTOR}, **own)
        self.ask("POST /api/v1/parameters/draft", 200, {"help": "options:\n  -n N  rounds\n"})

    def _versions(self) -> None:
        own = {"app_name": "textstats"}
        self.ask(f"GET {APP}/versions", 200, **own)
        self.ask(f"GET {VERSION}", 200, number=1, **own)
        self.ask(f"PATCH {VERSION}", 200, {"changelog": "New"}, number=2, **own)
        self.ask(f"PATCH {VERSION}", 409, {"published": False, "default": True}, number=2, **own)
        self.ask(f"GET {VERSION}/compare", 200, number=1, query={"to": 2}, **own)
        self.ask(f"DELETE {VERSION}", 200, number=2, **own)
        self.ask(f"POST {VERSION}/restore", 200, number=2, **own)
        self.ask(f"DELETE {VERSION}", 409, number=1, **own)

    def _sandboxes(self) -> None:
        own = {"app_name": "textstats"}
        self.ask(f"GET {SANDBOX}", 200, **own)
        for operation in (f"POST {SANDBOX}/stop", f"DELETE {SANDBOX}", f"POST {COMMITS}"):
            self.ask(operation, 409, {} if operation.endswith("commits") else None, **own)
        self.ask(f"POST {SANDBOX}", 400, {"base": "../etc"}, **own)
        self.ask(f"POST {SANDBOX}", 202, {"base": "debian-13"}, **own)
        self.ask(f"POST {SANDBOX}", 409, {}, **own)
        self.bench.turns()
        self.ask(f"GET {SANDBOX}", 200, **own)
        self.ask(f"POST {SANDBOX}/stop", 202, **own)
        self.bench.turns()
        self.ask(f"POST {COMMITS}", 400, {"changelog": "\0"}, **own)
        first = self.ask(f"POST {COMMITS}", 202, {"changelog": "New"}, **own)["id"]
        self.ask(f"POST {COMMIT}/retry", 409, commit_id=first, **own)
        self.ask(f"POST {COMMIT}/abort", 202, commit_id=first, **own)
        self.bench.turns()
        self.ask(f"POST {COMMIT}/abort", 409, commit_id=first, **own)
        self.ask(f"POST {COMMIT}/retry", 202, commit_id=first, **own)
        self.bench.turns(6)
        self.ask(f"GET {COMMITS}", 200, query={"limit": 5}, **own)
        self.ask(f"GET {COMMIT}", 200, commit_id=first, **own)
        self.ask(f"GET {COMMIT}", 404, commit_id=987_654, **own)
        self.ask(f"GET {APP}/events", 200, query={"wait": 0, "last_event_id": 0}, **own)
        self.ask(f"DELETE {SANDBOX}", 202, **own)
        self.bench.turns()
        form = "multipart/form-data"
        self.ask(f"POST {APP}/recipes", 400, {"Dockerfile": b"VOLUME /x"}, form, **own)
        self.ask(f"POST {APP}/imports", 400, {"changelog": "New"}, form, **own)
        for operation, sent in (
            (f"POST {APP}/recipes", {"Dockerfile": b"FROM debian:13\n"}), (f"POST {APP}/imports", {"image": b"x"}),
        ):  # fmt: skip
            made = self.ask(operation, 202, sent, form, **own)["id"]
            self.ask(operation, 409, sent, form, **own)
            self.ask(f"POST {COMMIT}/abort", 202, commit_id=made, **own)
            self.bench.turns()

    def _samples(self) -> None:
        own = {"app_name": "textstats"}
        self.ask(f"GET {SAMPLE}", 404, **own)
        self.ask(f"PUT {SAMPLE}", 400, {"job": 0}, **own)
        number = self.portal.submit(forms.file("file", "in.txt", b"a"))
        self.ask(f"PUT {SAMPLE}", 200, {"job": number}, **own)
        self.ask(f"PUT {SAMPLE}", 200, {"job[param]": "-n 1", "files[0]": b"x"}, "multipart/form-data", **own)
        (self.portal.world.services.layout.job_dir(self.portal.job(number)) / "in.txt").write_bytes(b"other")
        self.ask(f"PUT {SAMPLE}", 409, {"job": number}, **own)
        self.ask(f"PUT {SAMPLE}", 410, {"job": self.gone}, **own)
        self.ask(f"GET {SAMPLE}", 200, **own)
        self.ask(f"DELETE {SAMPLE}", 204, **own)

    def _accounts(self) -> None:
        token = self.ask(f"POST {TOKENS}", 201, {"name": "laptop"})["id"]
        self.ask(f"GET {TOKENS}", 200)
        self.ask(f"DELETE {TOKENS}/{{token_id}}", 204, token_id=token)
        key = self.ask(f"POST {KEYS}", 201, {"key": a_key(1)})["id"]
        self.ask(f"POST {KEYS}", 400, {"key": "ssh-rsa AAAA"})
        self.ask(f"GET {KEYS}", 200)
        self.ask(f"DELETE {KEYS}/{{key_id}}", 204, key_id=key)
        hook = self.ask(f"POST {HOOKS}", 201, HOOK)["id"]
        self.ask(f"POST {HOOKS}", 400, {"url": "http://127.0.0.1/"})
        self.ask(f"GET {HOOKS}", 200)
        one = f"{HOOKS}/{{webhook_id}}"
        self.ask(f"GET {one}", 200, webhook_id=hook)
        sent = self.ask(f"POST {one}/test", 202, webhook_id=hook)["id"]
        self.ask(f"GET {one}/deliveries", 200, webhook_id=hook)
        self.ask(f"POST {one}/deliveries/{{delivery_id}}/redeliver", 202, webhook_id=hook, delivery_id=sent)
        self.ask(f"DELETE {one}", 204, webhook_id=hook)

    def _sharing(self) -> None:
        session = self.portal.world.session
        name = add_user(session, name="colleague", email="colleague@example.org").name
        self.ask(f"POST {GROUPS}", 201, {"name": "lab"})
        self.ask(f"POST {GROUPS}", 409, {"name": "lab"})
        self.ask(f"POST {GROUPS}", 400, {"name": "../etc"})
        self.ask(f"GET {GROUPS}", 200)
        self.ask(f"PATCH {GROUP}", 200, {"name": "imaging"}, group_name="lab")
        self.ask(f"POST {GROUP}/members", 200, {"user": name}, group_name="imaging")
        self.ask(f"POST {GROUP}/members", 409, {"user": name}, group_name="imaging")
        self.ask(f"GET {GROUP}", 200, group_name="imaging")
        self.ask(f"GET {GROUP}", 404, group_name="nobody")
        own = {"app_name": "textstats"}
        share = self.ask(f"POST {SHARES}", 201, {"group": "imaging"}, **own)["id"]
        self.ask(f"POST {SHARES}", 409, {"group": "imaging"}, **own)
        self.ask(f"POST {SHARES}", 400, {}, **own)
        self.ask(f"GET {SHARES}", 200, **own)
        self.ask(f"DELETE {SHARES}/{{share_id}}", 204, share_id=share, **own)
        self.ask(f"DELETE {GROUP}/members/{{user_name}}", 204, group_name="imaging", user_name=name)
        self.ask(f"DELETE {GROUP}", 204, group_name="imaging")
