"""What a session runs, the message it shows, and what it reads of the node."""

from containers.node.accounts.account import parse_sub_ids
from containers.node.sandboxes.spaces.group_files import hierarchies
from containers.node.sandboxes.spaces.toolbox import libraries
from containers.node.sessions.message import Limits, message_of_the_day
from containers.node.sessions.program import key_of_connection, keys_of
from containers.node.sessions.programs import Program, choose_program

LOADER = "/.allgo/lib/loader --library-path /.allgo/lib /.allgo/libexec"


def program(command: str | None, *has: str, term: str = "") -> Program:
    return choose_program(command, is_executable=lambda path: path in has, variables={"A": "1"}, term=term)


def test_shell_to_type_in() -> None:
    assert program(None, "/bin/bash", "/bin/sh").words == ("-bash",)
    assert program(None, "/bin/sh").words == ("-sh",)
    bare = program(None)
    assert (bare.file, bare.words) == ("/.allgo/bin/busybox", ("sh", "-l"))
    assert bare.environment["PATH"].endswith(":/.allgo/applets")


def test_command_is_the_images_shells() -> None:
    assert program("scp a b; ls *", "/bin/bash").words == ("bash", "-c", "scp a b; ls *")
    assert program("rsync --version", "/bin/sh").words == ("sh", "-c", "rsync --version")
    assert "allgo" not in program("ls", "/bin/sh").environment["PATH"]


def test_far_ends_are_the_toolboxs() -> None:
    for command, tool in (("scp -r -t -- '/a b'", "scp"), ("scp -f x*", "scp"), ("rsync --server -vz . /a", "rsync")):
        found = program(command, "/bin/bash")
        assert found.file == "/.allgo/bin/busybox"
        assert found.words[-1] == f"exec {LOADER}/{tool} {command.partition(' ')[2]}"
    sftp = program("allgo-sftp", "/bin/bash")
    assert sftp.words[:4] == (*LOADER.split()[:3], "/.allgo/libexec/sftp-server")


def test_environment_is_made_from_nothing() -> None:
    environment = program("x", "/bin/sh", term="xterm-256color").environment
    assert environment["A"] == "1"
    assert environment["TERM"] == "xterm-256color"
    for term in ("a b", "x\n", "ü", "x" * 65, "../x"):
        assert "TERM" not in program("x", term=term).environment


def test_message_says_steps_and_limits() -> None:
    text = message_of_the_day("myapp", Limits(100, 10_240, 512, 256, 90))
    for words in (
        "1. ",
        "2. ",
        "3. ",
        "disk 100 MB of 10.0 GB",
        "memory 512 MB",
        "256 processes",
        "after 90 min",
        "myapp",
    ):
        assert words in text
    assert "nearly full" not in text
    assert "nearly full" in message_of_the_day("myapp", Limits(930, 1024, 512, 256, 480))


def test_key_of_a_connection() -> None:
    assert key_of_connection("publickey ssh-ed25519 AAAA\n") == "ssh-ed25519 AAAA"
    assert key_of_connection("") == ""
    assert key_of_connection("password\n") == ""
    assert keys_of("restrict,pty ssh-ed25519 AAAA me there\n# x\n\n") == {"ssh-ed25519 AAAA"}
    # Where sshd tells no key, nothing is opened.
    assert "" not in keys_of("restrict,pty ssh-ed25519 AAAA\n")


def test_sub_ids_of_whole_ranges_only() -> None:
    text = "a:1000:65536\nb:5:10\nbroken\nc:x:65536\na:7:65536\n"
    assert parse_sub_ids(text) == {"a": 1000}


def test_control_groups_of_both_versions() -> None:
    one = "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup /c/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n"
    both = hierarchies(one + "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n")
    assert str(both["memory"]) == "/sys/fs/cgroup/memory"
    assert str(both["cpuacct"]) == "/c/cpu,cpuacct"
    assert list(hierarchies("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")) == ["unified"]


def test_libraries_of_a_program() -> None:
    told = "\tlinux-vdso.so.1 (0x7ffd)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x7f)\n\t/lib64/ld-linux-x86-64.so.2 (0x7f)\n"
    assert [str(path) for path in libraries(told)] == ["/lib/x/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]
