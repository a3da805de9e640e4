"""Runs each sample app's example through the REST API and shows what comes back; needs ALLGO_URL and ALLGO_TOKEN."""

import json
import os
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import requests

SAMPLES = Path(__file__).parents[2] / "containers" / "samples"
APPS = ("textstats", "denoise", "audioseg")
PATIENCE_S = 180
TEXT_ENDINGS = {".txt", ".output", ".json", ".log", ".csv", ".tsv"}
SHOWN_LINES = 12
SHOWN_COLUMNS = 150


def main() -> int:
    """Run all examples; exit status 1 when one did not end as done."""
    url = os.environ["ALLGO_URL"]
    session = requests.Session()
    session.headers["Authorization"] = f"Token token={os.environ['ALLGO_TOKEN']}"
    results = Path.home() / "results"
    ended_well = [run_example(session, url, app, results / app) for app in APPS]
    ended_well.append(run_batch(session, url, results / "batch"))
    return 0 if all(ended_well) else 1


def run_example(session: requests.Session, url: str, app: str, results: Path) -> bool:
    """Submit one example, follow it, fetch and show its files."""
    example = tomllib.loads((SAMPLES / app / "app.toml").read_text(encoding="utf-8"))["example"]
    files = {f"files[{i}]": (Path(n).name, (SAMPLES / app / n).read_bytes()) for i, n in enumerate(example["files"])}
    begun = time.monotonic()
    print(f"\n{app} {example['param']}  ← {', '.join(Path(name).name for name in example['files'])}")
    data = {"job[webapp_name]": app, "job[param]": example["param"]}
    posted = session.post(f"{url}/api/v1/jobs", data=data, files=files, timeout=60)
    posted.raise_for_status()
    number = posted.json()["id"]
    print(f"  {time.monotonic() - begun:6.2f} s  job {number}")
    job = follow(session, posted.json()["url"], begun)
    if job["status"] != "done":
        print(f"  job {number} ended as {job['state']}: {job['reason']}")
    results.mkdir(parents=True, exist_ok=True)
    for name, address in job[str(number)].items():
        content = requests.get(address, timeout=60)  # without a token: the address itself is the key
        content.raise_for_status()
        (results / name).write_bytes(content.content)
        show(results / name, is_input=name in {Path(each).name for each in example["files"]})
    return bool(job["status"] == "done")


def follow(session: requests.Session, address: str, begun: float) -> dict[str, object]:
    """Print the job's states and its progress as they come, until its end; returns the job."""
    with session.get(f"{address}/events", params={"offset": -1, "wait": PATIENCE_S}, stream=True, timeout=60) as stream:
        stream.raise_for_status()
        for line in stream.iter_lines():
            said = json.loads(line)
            words = said.get("state") or (f"{said['progress']:4.0%} {said['message']}" if "progress" in said else "")
            if words:
                print(f"  {time.monotonic() - begun:6.2f} s  {words}", flush=True)
    answer = session.get(address, timeout=30)
    answer.raise_for_status()
    job: dict[str, object] = answer.json()
    if job["status"] == "in progress":
        sys.exit(f"the job has not ended after {PATIENCE_S} s: see 'scripts/cluster exec -- squeue'")
    return job


def run_batch(session: requests.Session, url: str, results: Path) -> bool:
    """Submit both example texts as a batch: one job for each, one number for all; fetch everything as one archive."""
    folder = SAMPLES / "textstats" / "example"
    files = {path.name: (path.name, path.read_bytes()) for path in sorted(folder.glob("*.txt"))}
    begun = time.monotonic()
    print(f"\ntextstats, a batch: one job for each of {', '.join(files)}")
    data = {"job[webapp_name]": "textstats", "job[batch]": "each"}
    posted = session.post(f"{url}/api/v1/jobs", data=data, files=files, timeout=60)
    posted.raise_for_status()
    address = posted.json()["url"]
    print(f"  {time.monotonic() - begun:6.2f} s  batch {posted.json()['id']} of {posted.json()['tasks']} tasks")
    job = follow(session, address, begun)
    archive = session.get(f"{address}/archive", params={"format": "zip"}, timeout=60)
    archive.raise_for_status()
    results.mkdir(parents=True, exist_ok=True)
    (results / "batch.zip").write_bytes(archive.content)
    with zipfile.ZipFile(results / "batch.zip") as zipped:
        print(f"  {results / 'batch.zip'}: {', '.join(zipped.namelist())}")
    return bool(job["status"] == "done")


def show(path: Path, *, is_input: bool) -> None:
    """Print a result: text as it is, other files by size and place."""
    size = path.stat().st_size
    if is_input or path.suffix not in TEXT_ENDINGS:
        print(f"  {path.name}: {size} bytes{' (input)' if is_input else f', in {path}'}")
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"  {path.name}: {size} bytes")
    for line in lines[:SHOWN_LINES]:
        print(f"    | {line if len(line) <= SHOWN_COLUMNS else line[:SHOWN_COLUMNS] + ' …'}")
    if len(lines) > SHOWN_LINES:
        print(f"    | … {len(lines) - SHOWN_LINES} lines more in {path}")


if __name__ == "__main__":
    sys.exit(main())
