"""The part of the batch script that is the same for every job. ``slurm.script.render`` sets the values before it.

Kept as text of its own so that a reader sees the shell code whole; ``tests/fast/slurm`` runs it by bash. Its functions
are in ``slurm.script_functions``.
"""

BODY = r"""
shared_dir=$control_dir task_index= job_id=${SLURM_JOB_ID:-0}
[[ -z $task_mark ]] || enter_task

# This script's own words go to the control folder, which the application never sees.
if ! exec </dev/null >>"$control_dir/script.log" 2>&1; then
    exit "$exit_no_control"
fi
say() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }
started_at=$EPOCHREALTIME

# Run once: making a folder succeeds for one caller only, on a shared file system too.
if ! mkdir -- "$control_dir/claim"; then
    if [[ -d $control_dir/claim ]]; then
        say "job $job_id: not run, an earlier start holds the claim (see claim/owner)"
        exit "$exit_claimed"
    fi
    say "job $job_id: not run, the claim cannot be made"
    exit "$exit_no_control"
fi

# The record of the end: written aside, put on the disk, then renamed, so that it is whole or absent.
record_end() { # exit code, signal, problem
    local part=$control_dir/exit.tmp limit=
    ((limit_reached)) && limit=$'limit=1\n'
    printf 'exit_code=%s\nsignal=%s\n%sslurm_job_id=%s\nstarted_at=%s\nfinished_at=%s\nproblem=%s\n%s' \
        "$1" "$2" "$limit" "$job_id" "$started_at" "$EPOCHREALTIME" "$3" "$used" >"$part" &&
        { sync -- "$part" || :; } && mv -T -- "$part" "$control_dir/exit" ||
        say "job $job_id: the exit marker could not be written"
}
scratch_made= used= limit_reached=0
remove_scratch() {
    [[ -n $scratch_made ]] || return 0
    # Some of it may belong to other ids than this user's: the caller's command knows how to delete those.
    ((${#scratch_removal[@]} == 0)) || "${scratch_removal[@]}" 2>/dev/null
    [[ -e $scratch_dir ]] || return 0
    # Nothing follows a link here; chmod first, as folders may have been left without the right to write.
    chmod -R u+rwX -- "$scratch_dir" 2>/dev/null
    rm -rf --one-file-system -- "$scratch_dir" || say "job $job_id: the scratch folder could not be removed"
}
refuse() { # exit code, problem, sentence
    say "job $job_id: not run, $3"
    record_end "$1" 0 "$2"
    remove_scratch
    exit "$1"
}

# Slurm sends TERM at the time limit and when a job is cancelled, KILL some seconds later (KillWait).
terminated=0 interrupted=0 child=
on_term() {
    terminated=1 interrupted=1
    [[ -z $child ]] || kill -TERM -- "-$child" 2>/dev/null
}
trap on_term TERM
# USR2 says that the limit is near, from Slurm or from this script's own timer: the command is asked to end while there
# is time to keep what it has done. One that has just ended by itself did not reach its limit.
on_limit() {
    interrupted=1
    ((beginning)) && warned=1 && return
    ((terminated || limit_reached)) && return
    [[ -z $child ]] || kill -0 -- "-$child" 2>/dev/null || return
    limit_reached=1
    [[ -z $child ]] || ask_to_end
}
ask_to_end() {
    kill -TERM -- "-$child" 2>/dev/null
    later "$kill_after_s" kill -KILL -- "-$child"
}
trap on_limit USR2

part=$control_dir/claim/owner.tmp
printf 'slurm_job_id=%s\nnode=%s\nstarted_at=%s\n' "$job_id" "${SLURMD_NODENAME:-$HOSTNAME}" "$started_at" >"$part" &&
    mv -T -- "$part" "$control_dir/claim/owner" ||
    refuse "$exit_no_control" control "the claim's owner cannot be written"

# Before the user's words are read: in those the mark means nothing.
if [[ -n $task_mark ]]; then
    take_word || refuse "$exit_no_task" tasks "line $((task_index + 1)) of the file tasks is no task's word"
fi

# The user's words: data that are read, never code. Each is ended by NUL; one that is not was cut.
words=()
if [[ ! -f $shared_dir/argv ]] || ! mapfile -d '' -t words <"$shared_dir/argv"; then
    refuse "$exit_no_argv" argv "the file argv cannot be read"
fi
if [[ $(tr -dc '\0' <"$shared_dir/argv" | wc -c) -ne ${#words[@]} ]]; then
    refuse "$exit_no_argv" argv "the file argv is cut"
fi
cd -- "$work_dir" || refuse "$exit_no_work_dir" work_dir "the job folder cannot be entered"

# The log lies in the job folder, where an application may put a link or a pipe in its place: it is opened once,
# before the application runs.
if [[ -L $log_file || ( -e $log_file && ! -f $log_file ) ]] || ! exec {log}>>"$log_file"; then
    refuse "$exit_no_log" log "the log file cannot be opened as a plain file"
fi
if [[ -n $scratch_dir ]]; then
    mkdir -m 0700 -- "$scratch_dir" || refuse "$exit_no_scratch" scratch "the scratch folder cannot be made"
    scratch_made=yes
fi

exec {held}</dev/null
take_mounted

signal=0
if ((terminated || limit_reached)); then
    say "job $job_id: ended before the command was started"
    code=143
else
    set -m # the command gets a process group of its own, with the default handling of signals
    "${command[@]}" "${words[@]}" </dev/null >&"$log" 2>&1 {log}>&- {held}<&- &
    child=$!
    # With job control bash hears of a command that is stopped, as "scontrol suspend" does: "wait" returns 148, or the
    # loop around it is left (both seen with 5.2, also with -f).
    set +m
    ((terminated)) && kill -TERM -- "-$child" 2>/dev/null
    ((limit_reached)) && ask_to_end
    if ((stop_after_s && !limit_reached)); then
        later "$((stop_after_s > SECONDS ? stop_after_s - SECONDS : 0))" kill -USR2 $$
    fi
    # A trapped signal ends "wait" early with 128+15 while the command may still be at work, and so could its being
    # stopped: it has ended when it is not there any more. Never "wait -f": of a command that died by a signal at once,
    # bash 5.2 has seen the end by then, and says "wait_for: No record of process" for ever (1 of some 10 000 starts).
    code=127
    while :; do
        interrupted=0
        wait "$child"
        waited=$?
        ((waited == 127)) || code=$waited
        ((interrupted)) && continue
        kill -0 "$child" 2>/dev/null || break
        sleep 0.5
    done
    trap '' TERM USR2
    not_later
    # What the command left behind must not write after the marker is there.
    kill -KILL -- "-$child" 2>/dev/null
    measure
fi
((code > 128 && code <= 192)) && signal=$((code - 128))
if ((limit_reached)); then
    say "job $job_id: reached its time limit"
    ((code == 0)) && code=143 signal=15
fi
if ((terminated)); then
    signal=15
    ((code == 0)) && code=143
fi
record_end "$code" "$signal" ""
remove_scratch
# Wakes whoever follows the job and says where to look first; that it is not there, or too late, does no harm.
[[ -z $poke_file ]] || { printf '%s\n' "$job_id${task_index:+_$task_index}" >>"$poke_file"; } 2>/dev/null
exit "$code"
"""
