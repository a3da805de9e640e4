"""Functions of the batch script: a task's own folder and word, and what the job used. ``slurm.script_body`` calls them.

What was used is read from files of the kernel, so that no process is started between a job's end and its marker.
"""

FUNCTIONS = r"""
set -u
umask 077
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8

# A task of an array keeps its records in a folder of its own, which the portal may have made before it.
enter_task() {
    job_id=${SLURM_ARRAY_JOB_ID:-0} # SLURM_JOB_ID is each task's own; the portal knows the array by one id
    task_index=${SLURM_ARRAY_TASK_ID:-}
    [[ $task_index =~ ^(0|[1-9][0-9]{0,8})$ ]] || exit "$exit_no_task"
    control_dir=$shared_dir/$task_index
    # Never the folder above it: where that is gone, the job was deleted.
    [[ -d $shared_dir ]] && mkdir -p -m 0700 -- "$control_dir" || exit "$exit_no_control"
}

# The task's word, line task_index + 1 of the file tasks, takes the mark's place; false if there is no such word.
take_word() {
    local line=() word name at
    [[ -f $shared_dir/tasks ]] || return 1
    # A line without its end may have been cut; for bash, a NUL is the end of what it reads.
    mapfile -s "$task_index" -n 1 line <"$shared_dir/tasks"
    [[ ${line[0]:-} == *$'\n' ]] || return 1
    word=${line[0]%$'\n'}
    [[ $word =~ ^[A-Za-z0-9._-]{1,64}$ && $word != . && $word != .. ]] || return 1
    for name in work_dir log_file scratch_dir; do
        printf -v "$name" %s "${!name//"$task_mark"/"$word"}"
    done
    for at in "${!command[@]}"; do command[at]=${command[at]//"$task_mark"/"$word"}; done
    for at in "${!scratch_removal[@]}"; do scratch_removal[at]=${scratch_removal[at]//"$task_mark"/"$word"}; done
}

# Puts a mounted folder in the place of the image's file, where this node has it or makes it. It is held open while
# this script runs, so that nobody unmounts it; the command does not get the open folder, which would lead out of its
# container.
take_mounted() {
    local at
    [[ -n $mounted_word && -x $mount_helper ]] || return
    hold_mounted || { timeout 30 sudo -n -- "$mount_helper" "${mount_arguments[@]}" && hold_mounted; } || return
    for at in "${!command[@]}"; do
        [[ ${command[at]} != "$mounted_word" ]] || command[at]=$mounted_folder
    done
}
hold_mounted() {
    [[ -d $mounted_folder ]] || return
    exec {held}<&-
    # Not an empty folder, on which nothing is mounted any more.
    { exec {held}<"$mounted_folder"; } 2>/dev/null && [[ -d /proc/self/fd/$held/.singularity.d ]]
}

# Runs a command some seconds from now, in the place of an earlier one, in a process group of its own. A warning that
# comes meanwhile waits until it is done: it would begin another one, and the first would never be ended.
helper= beginning=0 warned=0
later() { # seconds, command
    not_later
    beginning=1
    set -m
    { sleep "$1" && "${@:2}"; } {log}>&- &
    helper=$!
    set +m
    disown # bash says nothing of its end
    beginning=0
    ((warned)) || return 0
    warned=0
    on_limit
}
not_later() { [[ -z $helper ]] || kill -KILL -- "-$helper" 2>/dev/null; }

# What was used, as lines of the exit marker; a line whose number cannot be had is left out.
measure() {
    local stat fields=() ticks controllers path file= peak=
    used=
    # Processor time, user and system, of the children that ended and of theirs: fields 16 and 17 of proc_pid_stat(5),
    # in USER_HZ, which is 100. Bash's "times" knows it too but only prints it. This script's own helpers are in it,
    # with some milliseconds.
    { read -r stat </proc/$$/stat; } 2>/dev/null && fields=(${stat##*) })
    if [[ ${fields[13]:-} =~ ^[0-9]+$ && ${fields[14]:-} =~ ^[0-9]+$ ]]; then
        ticks=$((fields[13] + fields[14]))
        printf -v used 'cpu_s=%d.%02d\n' $((ticks / 100)) $((ticks % 100))
    fi
    # The job's own control group is the one that Slurm limits: it lies above that of the step and of this task.
    while IFS=: read -r _ controllers path; do
        [[ $path =~ ^(/.*)?/job_[^/]+ ]] || continue
        path=${BASH_REMATCH[0]}
        case ,$controllers, in
            *,memory,*) file=/sys/fs/cgroup/memory$path/memory.max_usage_in_bytes ;;
            ,,) file=${file:-/sys/fs/cgroup$path/memory.peak} ;; # version 2, from Linux 5.19
        esac
    done 2>/dev/null </proc/self/cgroup
    [[ -n $file ]] && { read -r peak <"$file"; } 2>/dev/null
    [[ $peak =~ ^[0-9]{1,18}$ ]] && used+=peak_memory_bytes=$peak$'\n'
    return 0
}
"""
