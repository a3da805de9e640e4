"""Signatures are those of the Standard Webhooks specification: its own library takes them."""

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from allgo_hpc.webhooks.signing import new_message_id, new_secret, signed_headers

BODY = b'{"type": "job.state"}'


def _headers(secret: str, *, ago_s: int = 0) -> dict[str, str]:
    return signed_headers(secret, new_message_id(), int(time.time()) - ago_s, BODY)


def test_the_librarys_verification_takes_it() -> None:
    secret = new_secret()
    assert Webhook(secret).verify(BODY, _headers(secret)) == {"type": "job.state"}


def test_the_specifications_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py
    told = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert told == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
def test_whatever_is_changed_is_noticed(changed: str) -> None:
    secret = new_secret()
    headers, body = _headers(secret), BODY
    if changed == "body":
        body = BODY.replace(b"state", b"State")
    elif changed == "secret":
        secret = new_secret()
    elif changed == "webhook-timestamp":
        headers[changed] = str(int(headers[changed]) + 1)
    else:
        headers[changed] = _headers(secret)[changed] if changed == "webhook-id" else "v1,AAAA"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_an_old_message_is_not_fresh() -> None:
    secret = new_secret()
    with pytest.raises(WebhookVerificationError, match="old"):
        Webhook(secret).verify(BODY, _headers(secret, ago_s=600))


def test_secrets_and_message_ids_are_of_chance() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == len({new_message_id() for _ in range(100)}) == 100
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_the_lines_on_the_page_do_it_too() -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    made: dict[str, Any] = {}
    exec(found[1], made)  # noqa: S102
    is_genuine: Callable[..., bool] = made["is_genuine"]
    secret = new_secret()
    headers = _headers(secret)
    assert is_genuine(secret, headers, BODY)
    assert not is_genuine(secret, headers, BODY + b" ")
    assert not is_genuine(new_secret(), headers, BODY)
    assert not is_genuine(secret, headers | {"webhook-id": "msg_2"}, BODY)
    assert not is_genuine(secret, _headers(secret, ago_s=600), BODY)
