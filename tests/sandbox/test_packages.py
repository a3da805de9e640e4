"""What authors install: packages of Debian and of Python, with a compiler."""

from tests.sandbox.clients import Author, helper


def test_apt_pip_and_a_compiler(author: Author, sandbox: str) -> None:
    author.good(sandbox, "apt-get update -q", timeout_s=120)
    packages = "jq tcc libc6-dev python3-pip"
    author.good(sandbox, f"apt-get install -y -q --no-install-recommends {packages}", timeout_s=300)
    assert author.good(sandbox, """echo '{"a": [1, 2]}' | jq -c .a""") == "[1,2]\n"
    author.good(sandbox, "pip install -q --break-system-packages --root-user-action ignore six", timeout_s=120)
    assert author.good(sandbox, "python3 -c 'import six; print(six.PY3)'") == "True\n"
    source = b'#include <stdio.h>\nint main(void) { puts("compiled"); return 0; }\n'
    author.good(sandbox, "cat > /tmp/a.c && tcc -o /tmp/a /tmp/a.c", stdin=source)
    assert author.good(sandbox, "/tmp/a") == "compiled\n"
    # What was installed is still there after a stop.
    assert helper("stop", name=sandbox)["ok"]["state"] == "stopped"
    assert author.good(sandbox, "/tmp/a; jq --version | cut -c1-2") == "compiled\njq\n"
