"""Every setting: its name, type, default and one sentence. docs/settings.md and conf/ are tested against this list."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allgo_hpc.languages import ENGLISH, LANGUAGES


class SettingsError(ValueError):
    """A setting is missing, unknown or out of its limits; the sentence names it and says what it may be."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The user's word for how long a job may run, and what it means to Slurm."""

    name: str
    partition: str
    minutes: int


DEFAULT_QUEUES = (
    Queue(name="interactive", partition="interactive", minutes=1),
    Queue(name="standard", partition="standard", minutes=20),
    Queue(name="batch", partition="batch", minutes=24 * 60),
)


def _is(
    doc: str,
    default: Any,  # noqa: ANN401
    *,
    least: float | None = None,
    most: float | None = None,
    words: tuple[str, ...] = (),
) -> Any:  # noqa: ANN401
    """Declare one setting; ``words`` are all that it may be."""
    return field(default=default, metadata={"doc": doc, "least": least, "most": most, "words": words})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one portal."""

    root: Path = _is(  # noqa: RUF009  # makes a field(), as for the others
        "Folder on the shared file system that holds everything of jobs and images.", Path("/srv/allgo")
    )
    database_url: str = _is(
        "Where the portal keeps its records: SQLite on a local disk, or PostgreSQL (postgresql+psycopg://...).",
        "sqlite:////var/lib/allgo-hpc/allgo-hpc.db",
    )
    base_url: str = _is(
        "The address people know the portal by, for links in answers; empty: taken from each request.", ""
    )
    secret_file: Path = _is(  # noqa: RUF009
        "File of the portal's own secret, which signs sessions and links in mails; made where it is missing.",
        Path("/var/lib/allgo-hpc/secret"),
    )
    sign_up: str = _is("Whether people may make an account for themselves.", "open", words=("open", "closed"))
    language: str = _is(
        "The language of mails to people who chose none on their account's page, and of pages where a browser asks for "
        "none that the portal speaks.",
        ENGLISH,
        words=tuple(LANGUAGES),
    )
    mail_url: str = _is(
        "Where mails go: smtp://HOST:PORT, smtp+starttls://USER:PASSWORD@HOST:PORT, smtps://USER:PASSWORD@HOST:PORT, "
        "or file:///FOLDER for a file each; empty: none is sent, and what waits is given up after three days.",
        "",
    )
    mail_from: str = _is("The address that mails come from.", "allgo-hpc@localhost")
    mail_timeout_s: float = _is("Seconds to wait for an answer of the mail server.", 20.0, least=1, most=300)
    oidc_issuer: str = _is(
        "Address of an OpenID Connect provider by which people sign in; empty: there is none. Its calls are all to the "
        "host of this address.",
        "",
    )
    oidc_client_id: str = _is("The portal's name at that provider.", "")
    oidc_client_secret: str = _is("The portal's secret at that provider.", "")
    oidc_name: str = _is("What the button to sign in by that provider says.", "your institution")
    oidc_user_claim: str = _is("The provider's word for what a new account's name is made from.", "preferred_username")
    oidc_account_claim: str = _is(
        "The provider's word for a person's own account on the cluster; empty: it does not tell.", ""
    )
    trusted_header: str = _is(
        "The header in which the cluster's login portal says who a visitor is, such as X-Remote-User; empty: none. "
        "The name in it is taken for the person's own account on the cluster.",
        "",
    )
    trusted_header_from: str = _is(
        "Networks of the proxies whose trusted_header is believed, separated by commas, such as 127.0.0.1/32.", ""
    )
    trusted_header_domain: str = _is(
        "Domain of the addresses of people who are let in by trusted_header: NAME@DOMAIN.", ""
    )
    bind: str = _is("Address and port that `allgo-hpc serve` listens on; put nginx in front of it.", "127.0.0.1:8000")
    workers: int = _is("Web worker processes.", 2, least=1, most=64)
    threads: int = _is(
        "Threads of each web worker: how many uploads, downloads and other requests it carries at once.",
        64,
        least=1,
        most=512,
    )
    streams: int = _is(
        "Event streams that each web worker carries at once, in threads of their own; above that a stream tells what "
        "is new and ends, and its client comes back.",
        600,
        least=1,
        most=2000,
    )
    queues: tuple[Queue, ...] = _is(
        "What each queue means to Slurm: its partition and its limit in minutes.", DEFAULT_QUEUES
    )
    slurm_user: str = _is("The account that the portal and its jobs run as; empty: the one that runs this program.", "")
    slurm_bin: str = _is("Folder of sbatch, squeue, sacct and scancel; empty: /usr/bin and the like.", "")
    slurm_conf: str = _is("The slurm.conf to use; empty: Slurm's own default.", "")
    slurm_fast: str = _is(
        "Whether jobs are submitted by pyslurm where it is installed for this release of Slurm (auto), or always by "
        "sbatch (off).",
        "auto",
        words=("auto", "off"),
    )
    controller_poke: Path = _is(  # noqa: RUF009
        "A file that Slurm's controller writes when a job has ended (conf/slurm/allgo-job-ended), so that the end is "
        "seen at once; where there is none it is seen a little later.",
        Path("/var/spool/allgo-poke/ended"),
    )
    slurm_timeout_s: float = _is("Seconds to wait for an answer of Slurm.", 15.0, least=1, most=120)
    submit_timeout_s: float = _is(
        "Seconds that a POST waits for sbatch; after that the sweep looks whether the job came to be, and submits it.",
        3.0,
        least=0.5,
        most=60,
    )
    apptainer: str = _is("The apptainer program on the compute nodes and here.", "apptainer")
    node_scratch: Path = _is(  # noqa: RUF009
        "Folder on every compute node's own disk, writable for the service user.",
        Path("/var/tmp"),  # noqa: S108  # jobs write there only in a folder made for each
    )
    build_cache: str = _is("Folder where built images are kept by the hash of their recipe; empty: none.", "")
    build_timeout_s: float = _is("Seconds an image may take to build.", 1800.0, least=10, most=86400)
    build_queue: str = _is("Queue of the jobs that build authors' recipes and imports.", "batch")
    build_memory_mb: int = _is("Mebibytes of memory of such a job.", 2048, least=256, most=4 * 1024**2)
    build_cpus: int = _is("Processors of such a job.", 2, least=1, most=1024)
    sweep_interval_s: float = _is("Seconds from one sweep to the next.", 1.0, least=0.2, most=60)
    lost_after_s: float = _is(
        "Seconds that Slurm must answer and not know a job, with no marker of its own, until it is called lost.",
        300.0,
        least=5,
        most=86400,
    )
    resubmit_after_s: float = _is(
        "Seconds after which the sweep submits a job that its POST could not; longer than slurm_timeout_s.",
        30.0,
        least=2,
        most=3600,
    )
    upload_max_bytes: int = _is("Bytes that the files of one job may have together.", 20 * 1024**3, least=1024)
    upload_max_files: int = _is("Files that one job may have.", 1000, least=1, most=100_000)
    uploads_max_bytes: int = _is(
        "Bytes that one user's uploads may have together that no job has taken yet.", 40 * 1024**3, least=1024
    )
    cluster_paths: str = _is(
        "Folders of the cluster out of which users with an account there may name inputs, absolute, separated by "
        "commas; empty: none. The program that reads them has a list of its own.",
        "",
    )
    cluster_reader: Path = _is(  # noqa: RUF009
        "The program that reads a path as its user, by sudo; see docs/uploads.md.",
        Path("/usr/local/sbin/allgo-read"),
    )
    param_max_bytes: int = _is("Bytes that a param string may have.", 64 * 1024, least=16, most=1024**2)
    batch_max_tasks: int = _is(
        "Input files that a batch may have, each a task of one Slurm array; at most Slurm's MaxArraySize less one.",
        1000,
        least=1,
        most=100_000,
    )
    contact: str = _is("Whom users ask for more, an address or a sentence; empty: nobody is named.", "")
    quota_jobs_at_once: int = _is("Jobs of one user that may wait and run at once; 0: any number.", 0, least=0)
    quota_jobs_a_day: int = _is("Jobs that one user may submit within 24 hours; 0: any number.", 0, least=0)
    quota_stored_bytes: int = _is("Bytes that the files of one user's jobs may take; 0: any number.", 0, least=0)
    quota_core_hours_a_month: float = _is(
        "Core-hours that one user's jobs may use within 30 days; 0: any number.", 0.0, least=0
    )
    memory_max_mb: int = _is(
        "Mebibytes of memory that a user may ask for a job beyond what its app says.", 16384, least=16, most=4 * 1024**2
    )
    cpus_max: int = _is(
        "Processor cores that an author may ask for each job of an app, and a user for one job.", 64, least=1, most=4096
    )
    gpus_max: int = _is(
        "Graphics processors that an author may ask for each job of an app; 0: none.", 0, least=0, most=64
    )
    apps_max: int = _is("Apps that one author may have; 0: any number.", 0, least=0, most=100_000)
    icon_max_bytes: int = _is("Bytes that an app's icon may have.", 256 * 1024, least=1024, most=4 * 1024**2)
    build_node_host: str = _is(
        "The build node, where sandboxes live, as the portal reaches it by SSH; empty: there are no sandboxes.", ""
    )
    build_node_port: int = _is("Port of the build node's sshd.", 22, least=1, most=65535)
    build_node_user: str = _is("The account on the build node that may run its helper.", "allgo-portal")
    build_node_key: Path = _is(  # noqa: RUF009
        "Private key of the portal for the build node.", Path("/var/lib/allgo-hpc/build-node-key")
    )
    build_node_known_hosts: Path = _is(  # noqa: RUF009
        "The build node's host keys; another key is refused.", Path("/etc/allgo-hpc/build-node-known-hosts")
    )
    sandbox_host: str = _is("The build node as authors reach it; empty: build_node_host.", "")
    sandbox_port: int = _is("Port that authors log in at; 0: build_node_port.", 0, least=0, most=65535)
    image_max_bytes: int = _is("Bytes that an app's image may have.", 16 * 1024**3, least=1024**2)
    version_keep_days: float = _is(
        "Days that a deleted version can be restored, before its image is removed.", 30.0, least=0.01, most=3650
    )
    retention_max_days: float = _is(
        "Days after its end to which a user may extend a job's keeping.", 365.0, least=0.01, most=36500
    )
    notice_days: float = _is("Days before a job's files are removed that its user is told.", 3.0, least=0, most=365)
    retention_days: float = _is("Days after its end that a job's files are kept.", 30.0, least=0.01, most=3650)
    share_max_days: float = _is(
        "Days that a link by which somebody without an account looks at a job may be valid at most.",
        30.0,
        least=0.01,
        most=3650,
    )
    webhook_allow: str = _is(
        "Where webhooks may go beyond the public internet: networks and host names separated by commas, such as "
        "10.1.0.0/16, hooks.example.org; empty: nowhere.",
        "",
    )
    staging_hours: float = _is(
        "Hours after which an upload that nobody goes on with and no job took is removed.", 24.0, least=0.1, most=720
    )
    log_level: str = _is(
        "How much goes to the log: DEBUG, INFO, WARNING or ERROR.", "INFO", words=("DEBUG", "INFO", "WARNING", "ERROR")
    )

    def queue(self, name: str) -> Queue | None:
        """Return the queue of that name, or None."""
        return next((queue for queue in self.queues if queue.name == name), None)
