"""Flask-Security's forms, where ours differ."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import LoginForm
from flask_security.proxies import _datastore
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class SignInForm(LoginForm):
    """One field takes the user name or the address; the library's own for the name is there, and not shown."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Find the account, then let the library check the rest."""
        told = (self.email.data or "").strip()
        self.ifield = self.email
        named = {"email": told} if "@" in told else {"username": told.lower()}
        self.user = _datastore.find_user(case_insensitive=True, **named)
        return bool(super().validate(**kwargs))


def identity_field() -> StringField:
    """Return the field for name or address. It is put in after the library has put in its own for an address."""
    return StringField(
        _l("User name or e-mail address"),
        validators=[InputRequired(_l("Type your user name or your address.")), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
