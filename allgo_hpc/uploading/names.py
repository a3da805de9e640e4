"""What an upload's file will be called in its job's folder, which is flat; pure."""

from allgo_hpc.errors import BadInput
from allgo_hpc.submitting.filenames import check_file_name

FIELD = "Upload-Metadata"
_MOST_PARTS = 64
_NONE = {"", "null", "undefined"}
"""What scripts send as the path of a file that lay in no folder."""


def upload_name(filename: str, relative_path: str = "") -> str:
    """Return the name: of a file out of a dropped folder its path, the parts joined by ``_``.

    Two paths may give one name (``a/b_c``, ``a_b/c``); the job that would take both refuses that.

    Raises:
        BadInput: there is none, or one that may not be; nothing is cut or replaced.
    """
    path = relative_path.removeprefix("/")
    if path in _NONE or "/" not in path:
        if not filename:
            raise BadInput(f"{FIELD}: the file has no name: send 'filename' in it", field=FIELD)
        return check_file_name(filename, field=FIELD)
    parts = path.split("/")
    if len(parts) > _MOST_PARTS:
        raise BadInput(f"{FIELD}: the file lies more than {_MOST_PARTS} folders deep", field=FIELD)
    return check_file_name("_".join(check_file_name(part, field=FIELD) for part in parts), field=FIELD)
