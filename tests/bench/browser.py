"""What the rows about pages look with."""

from urllib.parse import urlsplit

import requests

from tests.bench.site import Site


def signed_in(site: Site) -> requests.Session:
    """A session that is signed in at the pages, as the user of the site's token.

    Raises:
        ValueError: the sign-in failed.
    """
    session = requests.Session()
    session.trust_env = False
    page = session.get(f"{site.portal.url}/login", timeout=60).text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    values = site.portal.values
    fields = {"csrf_token": token, "email": values["ALLGO_USER"], "password": values["ALLGO_PASSWORD"]}
    answer = session.post(f"{site.portal.url}/login", data=fields, timeout=60)
    if urlsplit(answer.url).path == "/login":
        raise ValueError(f"the sign-in failed: {answer.status_code}")
    return session
