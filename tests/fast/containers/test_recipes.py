"""Recipes: what is read out of them, and what is refused and how."""

import os
from pathlib import Path, PurePosixPath

import pytest

from containers import Copy, Recipe, RecipeError, Run, find_recipe, read_recipe
from containers.recipes.files import stage
from tests import hostile

HEADER = "Bootstrap: localimage\nFrom: debian-13\n\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "recipe"
    (path / "sub").mkdir(parents=True)
    for name in ("a.py", "b.py", "run.sh", "sub/c.txt"):
        (path / name).write_text(name)
    (path / "run.sh").chmod(0o700)
    return path


def read(folder: Path, text: str | bytes, name: str = "app.def") -> Recipe:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_recipe(folder / name)


def dockerfile(folder: Path, *lines: str) -> Recipe:
    return read(folder, "\n".join(("FROM debian:13", *lines)) + "\n", "Dockerfile")


def refused(folder: Path, text: str | bytes, name: str = "app.def") -> RecipeError:
    with pytest.raises(RecipeError) as error:
        read(folder, text, name)
    assert error.value.transient is False
    return error.value


def test_definition_file(folder: Path) -> None:
    recipe = read(
        folder,
        """# a comment
Bootstrap: localimage
From: debian-13  # the base

%help
    Anything: % at all
%files
    run.sh /home/allgo/entrypoint
    # a comment
    *.py   /opt/
%post
    # bootstrap: from: %post stage:
    apt-get install bootstrap   # yes

    cat <<END
      indented
END
%environment
    export A=1 B="two $A"
    C='$A'
%labels
    Maintainer Somebody Else
""",
    )
    post = "    # bootstrap: from: %post stage:\n    apt-get install bootstrap   # yes\n\n"
    post += "    cat <<END\n      indented\nEND"
    assert recipe == Recipe(
        "debian-13",
        (
            Copy("run.sh", "/home/allgo/entrypoint"),
            Copy("a.py", "/opt/"),
            Copy("b.py", "/opt/"),
            Run(post, strict=True),
        ),
        (("A", "1"), ("B", "two $A"), ("C", "\\$A")),
        (("Maintainer", "Somebody Else"),),
    )
    assert recipe.install == (post,)
    assert recipe.files == (("run.sh", "/home/allgo/entrypoint"), ("a.py", "/opt/"), ("b.py", "/opt/"))


def test_dockerfile(folder: Path) -> None:
    recipe = dockerfile(
        folder,
        "# a comment",
        "run apt-get update && \\",
        "  # inside",
        "",
        "    apt-get install -y  'a  b'",
        'ENV A=1 B="two words" C=$A',
        "WORKDIR /opt",
        "WORKDIR app",
        "COPY   *.py   ./",
        "ADD sub/ data",
        'LABEL maintainer="Some Body" version=2',
        'RUN ["echo", "a b", "$A"]',
        "USER root",
        'ENTRYPOINT ["/home/allgo/entrypoint"]',
    )
    environment = (("A", "1"), ("B", "two words"), ("C", "$A"))
    assert recipe == Recipe(
        "debian-13",
        (
            Run("apt-get update &&     apt-get install -y  'a  b'"),
            Copy("a.py", "/opt/app/", merge=True),
            Copy("b.py", "/opt/app/", merge=True),
            Copy("sub", "/opt/app/data", merge=True),
            Run("echo 'a b' '$A'", workdir="/opt/app", environment=environment),
        ),
        environment,
        (("maintainer", "Some Body"), ("version", "2")),
        PurePosixPath("/home/allgo/entrypoint"),
    )


@pytest.mark.parametrize(
    "name",
    ["debian-13", "debian:13", "debian:trixie", "debian:13-slim", "DEBIAN:Trixie-slim", "docker.io/library/debian:13"],
)
def test_names_of_the_base(name: str, folder: Path) -> None:
    assert read(folder, f"FROM {name}\n", "Dockerfile").base == "debian-13"
    assert read(folder, f"Bootstrap: docker\nFrom: {name}\n").base == "debian-13"


@pytest.mark.parametrize(
    "name", ["ubuntu:24.04", "debian", "debian:13@sha256", "alpine", "../debian-13", "/etc/passwd"]
)
def test_unknown_base_names_the_known(name: str, folder: Path) -> None:
    error = refused(folder, f"Bootstrap: localimage\nFrom: {name}\n")
    assert str(error) == f"app.def, line 2 (From): {name!r} is not a base of this portal; it has: debian-13, debian-12"
    assert (error.line, error.field) == (2, "From")


@pytest.mark.parametrize(
    ("text", "line", "field", "sentence"),
    [
        ("", 1, "Bootstrap", "must be localimage"),
        ("From: debian-13\n", 1, "Bootstrap", "must be localimage"),
        ("Bootstrap: localimage\n", 1, "From", "is missing"),
        ("Bootstrap: library\nFrom: debian-13\n", 1, "Bootstrap", "not 'library'"),
        ("Bootstrap: localimage\nBootstrap: docker\nFrom: debian-13\n", 2, "Bootstrap", "each once"),
        ("Bootstrap: localimage\nFrom: debian-13\nStage: one\n", 3, "Stage", "Bootstrap: and From:"),
        (HEADER + "%setup\n touch /x\n", 4, "%setup", "portal's own machine"),
        (HEADER + "%pre\n touch /x\n", 4, "%pre", "portal's own machine"),
        (HEADER + "%runscript\n x\n", 4, "%runscript", "the app's entrypoint"),
        (HEADER + "%test\n x\n", 4, "%test", "at the end of %post"),
        (HEADER + "%appinstall foo\n x\n", 4, "%appinstall", "only these sections are read"),
        (HEADER + "%post -c /bin/bash\n x\n", 4, "%post", "takes nothing on its line"),
        (HEADER + "%files from one\n a b\n", 4, "%files", "takes nothing on its line"),
        (HEADER + "%files\n\n a.py\n", 6, "%files", "where to"),
        (HEADER + "%files\n a.py opt\n", 5, "%files", "absolute path in the image"),
        (HEADER + "%files\n a.py /opt/../x\n", 5, "%files", "plain path"),
        (HEADER + "%files\n a.py /opt/$X\n", 5, "%files", "plain path"),
        (HEADER + "%files\n *.py /opt\n", 5, "%files", "write /opt/"),
        (HEADER + "%files\n 'a.py /opt\n", 5, "%files", "No closing quotation"),
        (HEADER + "%environment\n A=$(id)\n", 5, "%environment", "cannot run a command"),
        (HEADER + "%environment\n A=`id`\n", 5, "%environment", "cannot run a command"),
        (HEADER + "%environment\n if true; then A=1; fi\n", 5, "%environment", "NAME=value"),
        (HEADER + "%environment\n A=1; touch /x\n", 5, "%environment", "NAME=value"),
        (HEADER + "%labels\n na$me x\n", 5, "%labels", "a label's name"),
        (HEADER + "%labels\n name {{ x }}\n", 5, "%labels", "may not hold"),
        (HEADER + "%labels\n a b\nBootstrap: docker\n", 6, "Bootstrap", "several stages"),
    ],
)
def test_definition_files_that_are_refused(text: str, line: int, field: str, sentence: str, folder: Path) -> None:
    error = refused(folder, text)
    assert (error.line, error.field) == (line, field)
    assert sentence in str(error)
    assert str(error).startswith(f"app.def, line {line} ({field}): ")


@pytest.mark.parametrize(
    ("instruction", "sentence"),
    [
        ("FROM debian:12", "several stages"),
        ("COPY --from=build a.py /a", "--from is not supported"),
        ("COPY --chown=1:1 a.py /a", "--chown is not supported"),
        ('COPY ["a.py", "/a"]', "without brackets"),
        ("COPY a.py", "what to copy and where to"),
        ("COPY missing /a", "there is no 'missing'"),
        ("COPY *.js /a/", "there is no '*.js'"),
        ("COPY *.py /a", "write /a/"),
        ("COPY a.py ../x", "plain path"),
        ("COPY <<END /a", "here-documents"),
        ("RUN cat <<'END' > x", "here-documents"),
        ("RUN --mount=type=secret,id=x cat", "takes no options"),
        ("RUN", "something is missing"),
        ("ADD https://example.org/a /a", "neither downloads nor unpacks"),
        ("ADD a.tar.gz /a", "neither downloads nor unpacks"),
        ("ENV A", "NAME=value"),
        ("ENV A b", "NAME=value"),
        ("ENV A=$(id)", "cannot run a command"),
        ("ENV A-B=1", "NAME=value"),
        ("ENV A='unclosed", "NAME=value"),
        ("LABEL a", "LABEL name="),
        ("ARG A=1", "ENV"),
        ('CMD ["x"]', "ENTRYPOINT"),
        ("ENTRYPOINT /home/allgo/entrypoint --verbose", "without arguments"),
        ('ENTRYPOINT ["python3"]', "one absolute path"),
        ("EXPOSE 80", "no ports"),
        ("VOLUME /data", "its own folder"),
        ("USER nobody", "leave USER out"),
        ('SHELL ["/bin/bash"]', "/bin/sh"),
        ("HEALTHCHECK CMD x", "leave the line out"),
        ("ONBUILD RUN x", "leave the line out"),
        ("WORKDIR ../..", "plain path"),
        ("apt-get update", "not an instruction"),
        ("# escape=`", "escape directive"),
        ("RUN a \\", "ends with \\"),
    ],
)
def test_dockerfiles_that_are_refused(instruction: str, sentence: str, folder: Path) -> None:
    error = refused(folder, f"FROM debian:13\n# two\n{instruction}\n", "Dockerfile")
    assert error.line == 3
    assert str(error).startswith("Dockerfile, line 3")
    assert sentence in str(error)


@pytest.mark.parametrize(
    "text", ["", "RUN x\n", "FROM debian:13 AS one\n", "FROM --platform=x debian:13\n", "FROM $BASE\n"]
)
def test_dockerfiles_begin_with_a_base(text: str, folder: Path) -> None:
    assert "FROM" in str(refused(folder, text, "Dockerfile"))


@pytest.mark.parametrize("source", ["../a.py", "/etc/passwd", "sub/../../x", "~/x", "..", "../*"])
@pytest.mark.parametrize("kind", ["def", "docker"])
def test_sources_do_not_leave_the_folder(source: str, kind: str, folder: Path) -> None:
    (folder.parent / "x").write_text("secret")
    if kind == "def":
        error = refused(folder, HEADER + f"%files\n {source} /a/\n")
    else:
        error = refused(folder, f"FROM debian:13\nCOPY {source} /a/\n", "Dockerfile")
    assert "inside the recipe's folder" in str(error)


@pytest.mark.parametrize(
    ("where", "target"),
    [
        ("link", "/etc/passwd"),
        ("link", "../outside"),
        ("link", "sub/../../outside"),
        ("sub/link", "/etc/passwd"),
        ("sub/link", "../../outside"),
        ("sub/link", "../sub/../../outside"),
    ],
)
def test_links_do_not_lead_out(where: str, target: str, folder: Path) -> None:
    (folder.parent / "outside").write_text("secret")
    (folder / where).symlink_to(target)
    for source in ("link", "sub", "."):
        if where.startswith(source) or source == ".":
            assert "leads out" in str(refused(folder, f"FROM debian:13\nCOPY {source} /a/\n", "Dockerfile"))


def test_links_inside_pipes_and_ignore_files(folder: Path) -> None:
    (folder / "sub/link").symlink_to("c.txt")
    assert dockerfile(folder, "COPY sub /a/").files == (("sub", "/a/"),)
    (folder / ".dockerignore").write_text("x")
    assert ".dockerignore" in str(refused(folder, "FROM debian:13\nCOPY sub /a/\n", "Dockerfile"))
    os.mkfifo(folder / "pipe")
    assert "neither a file nor a folder" in str(refused(folder, "FROM debian:13\nCOPY pipe /a/\n", "Dockerfile"))


def test_staged_files(folder: Path, tmp_path: Path) -> None:
    (folder / "sub/link").symlink_to("c.txt")
    (folder / "a b; rm -rf").mkdir()
    steps = (Run("x"), Copy("run.sh", "/x"), Copy("sub", "/y"), Copy("a b; rm -rf", "/z"))
    stage(Recipe("debian-13", steps), folder, tmp_path / "staged")
    assert sorted(path.name for path in (tmp_path / "staged").iterdir()) == ["2", "3", "4"]
    assert (tmp_path / "staged/2").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "staged/3/c.txt").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "staged/3/link").readlink() == Path("c.txt")


def test_a_link_put_there_after_reading_is_refused(folder: Path, tmp_path: Path) -> None:
    recipe = dockerfile(folder, "COPY a.py /a")
    (folder / "a.py").unlink()
    (folder / "a.py").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="leads out"):
        stage(recipe, folder, tmp_path / "staged")


@pytest.mark.parametrize("text", [text for text in hostile.CONTROLS if "\t" not in text and "\r\n" not in text])
def test_hidden_characters_are_refused(text: str, folder: Path) -> None:
    data = (HEADER + "%post\n " + text.replace("\n", "\v")).encode(errors="surrogateescape")
    assert "line 5" in str(refused(folder, data))


def test_odd_encodings(folder: Path) -> None:
    assert "line 2" in str(refused(folder, b"FROM debian:13\nRUN \xff\n", "Dockerfile"))
    assert "bytes" in str(refused(folder, HEADER + "#" * 200_000))
    windows = (HEADER + "%post\n    true\n").replace("\n", "\r\n").encode()
    assert read(folder, b"\xef\xbb\xbf" + windows).install == ("    true\n",)


@pytest.mark.parametrize("text", hostile.QUOTING + hostile.OPTIONS)
def test_any_line_of_post_is_kept(text: str, folder: Path) -> None:
    if not text.lstrip().startswith("%"):
        assert read(folder, HEADER + f"%post\n{text}").install == (text,)


def test_one_recipe_is_found(folder: Path) -> None:
    with pytest.raises(RecipeError, match="no Dockerfile"):
        find_recipe(folder)
    (folder / "Dockerfile").write_text("")
    assert find_recipe(folder) == folder / "Dockerfile"
    (folder / "app.def").write_text("")
    with pytest.raises(RecipeError, match=r"Dockerfile, app\.def"):
        find_recipe(folder)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(folder / "missing.def")
    with pytest.raises(RecipeError, match="is named Dockerfile"):
        read_recipe(folder / "a.py")
