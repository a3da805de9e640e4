"""download: a result of a gibibyte through the portal, against nginx that serves the same file."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure, in_turn
from tests.bench.site import Site, scratch
from tests.bench.stored import stored_job
from tests.bench.transfer import MEBIBYTE, fetch
from tests.cluster.portal import instance_value, until

_SIZE = 1024
_ROUNDS = 11
_SETTINGS = """
worker_processes 2; daemon off; error_log stderr; pid {folder}/pid; user allgo;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; tcp_nopush on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def measure(site: Site) -> Iterable[Figure]:
    """In turn, from memory (the file has just been written), so that no disk is what is measured."""
    with stored_job(site, _SIZE) as (number, path), _nginx(path.parent) as bare:
        ours, theirs = [], []
        url = f"{site.portal.url}/api/v1/datastore/{number}/{path.name}"
        token = f"Authorization: {site.portal.auth['Authorization']}"
        for _ in range(4):
            fetch(url, token)
        fetch(f"{bare}/{path.name}")
        for _ in range(_ROUNDS):
            ours.append(_SIZE / fetch(url, token)[1])
            theirs.append(_SIZE / fetch(f"{bare}/{path.name}")[1])
        yield in_turn("download", ours, theirs, unit="MiB/s", target=">= 0.9")
        half = f"Range: bytes={_SIZE * MEBIBYTE // 2}-"
        ours = [_SIZE / 2 / fetch(url, token, half)[1] for _ in range(_ROUNDS)]
        theirs = [_SIZE / 2 / fetch(f"{bare}/{path.name}", half)[1] for _ in range(_ROUNDS)]
        yield in_turn("download, second half", ours, theirs, unit="MiB/s", target=">= 0.9")


@contextmanager
def _nginx(root: Path) -> Iterator[str]:
    folder, port = scratch() / "nginx", int(instance_value("port_base")) + 9
    folder.mkdir(exist_ok=True)
    settings = folder / "nginx.conf"
    settings.write_text(_SETTINGS.format(folder=folder, port=port, root=root))
    process = subprocess.Popen(["nginx", "-c", str(settings), "-p", str(folder)])
    try:
        url = f"http://127.0.0.1:{port}"
        until("nginx serves", lambda: _answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _answers(url: str) -> bool:
    try:
        fetch(f"{url}/allgo.log")
    except OSError:
        return False
    return True
