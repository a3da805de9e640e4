"""Signing in by the header of the cluster's login portal, from the proxies that the administrator named."""

from flask import Flask, g, request, session
from flask_security import login_user, logout_user

from allgo_hpc.errors import Refusal
from allgo_hpc.identities import Vouched, account_of
from allgo_hpc.settings import Settings
from allgo_hpc.settings.outside import is_in, parse_networks
from web.address import client_address, peer_address
from web.context import get_session
from web.signin.account import Account
from web.signin.who import visitor

_MARK = "signed_in_by_header"


def init_header(app: Flask, settings: Settings) -> None:
    """Believe the header, where the site has one."""
    if not settings.trusted_header:
        return
    networks = parse_networks(settings.trusted_header_from)

    def look() -> None:
        if request.path.startswith("/static/") or request.headers.get("Authorization"):
            return
        told = request.headers.get(settings.trusted_header, "") if is_in(peer_address(), networks) else ""
        _follow(told.strip(), settings.trusted_header_domain)

    app.before_request(look)


def _follow(told: str, domain: str) -> None:
    """Make the session the header's person's. Who signed in here by a password stays who they are."""
    mark = session.get(_MARK)
    if mark is not None and mark != told:
        session.pop(_MARK)
        logout_user()
    if not told or visitor() is not None:
        return
    name = told.partition("@")[0].lower()
    who = Vouched(f"header {told}", name, f"{name}@{domain}", email_checked=True, account=told.partition("@")[0])
    try:
        user = account_of(get_session(), who, address=client_address())
    except Refusal as error:
        g.not_let_in = str(error)
        return
    login_user(Account(user), remember=False, authn_via=["header"])
    session[_MARK] = told
