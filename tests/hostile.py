"""Texts that somebody will try, sooner or later. One list for every test that lets a text in.

``TEXTS`` are strings (what a form or JSON may carry), ``WORDS`` those of them that may be one argument of a program (no
NUL: the kernel ends an argument there), ``CONTROLS`` those that hold a control or invisible character and must be
refused wherever a text reaches a path, a header or a script, and ``RAW`` bytes that are not UTF-8.
"""

CONTROLS = [
    "line\nfeed",
    "carriage\rreturn",
    "crlf\r\nX-Injected: yes",
    "end\n#SBATCH --uid=0",
    "tab\tstop",
    "nul\0byte",
    "bell\a",
    "escape\x1b[31mred",
    "unit\x1fseparator",
    "record\x1eseparator",
    "delete\x7f",
    "c1\x85next line",
    "line separator\u2028x",
    "paragraph separator\u2029x",
    "right-to-left\u202egnp.exe",
    "isolate\u2066x\u2069",
    "zero width\u200bspace",
    "byte order mark\ufeff",
    "lone surrogate \udcff",
]

QUOTING = [
    "",
    " ",
    "  two  spaces  ",
    "it's",
    'say "hi"',
    "both ' and \"",
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME}",
    "$HOME",
    "; touch pwned",
    "&& touch pwned",
    "| touch pwned",
    "> pwned",
    "a\\",
    "\\n",
    "*",
    "?",
    "~",
    "#comment",
    "!history",
    "%j-%x-%u",
    "{a,b}",
    "[a-z]",
    "a=b",
    "é ü ß 中文 🙂",
    "x" * 300,
]

OPTIONS = ["-rf", "--help", "--", "-", "-c", "--wrap=id"]

PATHS = [
    ".",
    "..",
    "../escape",
    "../../../../etc/passwd",
    "a/../../b",
    "/etc/passwd",
    "//etc/passwd",
    "\uff0fetc\uff0fpasswd",
    "..\uff0fescape",
    "\u2024\u2024/escape",
    "con",
    "name.",
    "name ",
    "C:\\Windows",
    "allgo.log",
    "e\u0301",
    "\u00e9",
]

RAW = [
    b"\xff\xfe",
    b"latin-1 \xe9",
    b"\xc3",
    b"\xed\xa0\x80",
    b"overlong \xc0\xaf",
]

TEXTS = [*CONTROLS, *QUOTING, *OPTIONS, *PATHS]
WORDS = [text for text in TEXTS if "\0" not in text and "\udcff" not in text]
