"""Why a job waits: Slurm's word for it, as one plain sentence for a researcher.

The words are those of ``enum job_state_reason`` as the libraries of 24.11 and 26.05 print them (recorded in
``tests/fixtures/slurm/*/reasons.json``) and the sentences that squeue shows in place of a word.
"""

import re

from slurm.reason_limits import limit_sentence

_BUSY = "The machines that fit are busy; it starts when one is free."
_TURN = "Other jobs are before it in the queue."
_CLOSED = "The queue is closed at the moment; it starts when an administrator opens it again."
_NODES = "Machines that it needs are out of service or reserved; it starts when one is back."
_MAINTENANCE = "Maintenance is planned before it could end; it starts afterwards."
_HELD = "It is held by an administrator, who must release it."
_NEVER = "It asks for what no machine of the queue has; it will not start as it is."
_LONGER = "It asks for more time than the queue gives; it will not start as it is."
_RIGHTS = "The portal's account may not use this queue; an administrator must look at it."
_BROKEN = "Something failed on the cluster's side; an administrator must look at it."
_SOON = "It is about to start."
_AGAIN = "It was put back in the queue and is being cleaned up after."

# Words of the scheduler, in lower case (BadConstraints and the like may also stand behind a job that has ended).
_WORDS: dict[str, str] = {
    "priority": _TURN,
    "resources": _BUSY,
    "dependency": "It waits for another job to end.",
    "dependencyneversatisfied": "It waits for a job that cannot end as asked; it will not start.",
    "partitionnodelimit": _NEVER,
    "partitiontimelimit": _LONGER,
    "partitiondown": _CLOSED,
    "partitioninactive": _CLOSED,
    "partitionconfig": _NEVER,
    "jobheldadmin": _HELD,
    "jobhelduser": "It is held by the portal's own account; an administrator can release it.",
    "jobholdmaxrequeue": "It was put back in the queue too often and is held; an administrator must release it.",
    "begintime": "It was told not to start before a certain time.",
    "licenses": "All licences of a program that it uses are taken; it starts when one is free.",
    "reservation": "It waits for the time that is reserved for it.",
    "reservationdeleted": "What was reserved for it was taken away; an administrator must look at it.",
    "reservationinvalid": "What was reserved for it is not valid; an administrator must look at it.",
    "reqnodenotavail": _NODES,
    "frontenddown": _NODES,
    "nodedown": _NODES,
    "maxpoweredupnodes": "As many machines are on as may be; it starts when one is free.",
    "scheddefer": _TURN,
    "badconstraints": _NEVER,
    "constraints": _NEVER,
    "maxmemperlimit": "It asks for more memory than the queue gives; it will not start as it is.",
    "systemfailure": _BROKEN,
    "joblaunchfailure": _BROKEN,
    "burstbufferoperation": _BROKEN,
    "nvidiaimexchannels": _BUSY,
    "mpiportsbusy": _BUSY,
    "burstbufferresources": _BUSY,
    "burstbufferstagein": "Its files are being copied to where it will run.",
    "prolog": _SOON,
    "cleaning": _AGAIN,
    "fedjoblock": _SOON,
    "jobarraytasklimit": "As many tasks of its batch run as may at a time; it starts when one ends.",
    "accountnotallowed": _RIGHTS,
    "qosnotallowed": _RIGHTS,
    "invalidaccount": _RIGHTS,
    "invalidqos": _RIGHTS,
    "accountingpolicy": "A limit of the cluster's accounting keeps it waiting.",
    "associationjoblimit": "The portal's account has as many jobs running as it may; it starts when one ends.",
    "qosjoblimit": "As many jobs run as this queue's rules allow; it starts when one ends.",
    "associationresourcelimit": "The portal's account uses as much as it may; it starts when other jobs end.",
    "qosresourcelimit": "As much is in use as this queue's rules allow; it starts when other jobs end.",
    "associationtimelimit": _LONGER,
    "qostimelimit": _LONGER,
    "qosusagethreshold": "The portal's account has used less or more than this queue's rules ask for.",
    "nonzeroexitcode": "Its program ended with an exit code other than 0.",
    "raisedsignal": "Its program was ended by a signal.",
    "timelimit": "It reached its time limit.",
    "inactivelimit": "It was idle for longer than the cluster allows.",
    "deadline": "It could not start before its deadline.",
    "outofmemory": "It used more memory than it had asked for.",
}
# Texts that stand in a word's place, or behind it, by what is in them.
_TEXTS: dict[str, str] = {
    "maintenance": _MAINTENANCE,
    "nodes required for job are down": _NODES,
    "requeued in held state": "It was put back in the queue and is held; an administrator must release it.",
    "launch failed requeued held": "It could not be started and is held; an administrator must release it.",
}
_LONGEST = 200


def reason_sentence(reason: str) -> str:
    """Return what Slurm's reason means, as one sentence about the job ("it"); empty for no reason.

    A reason that is not known gives a sentence that holds its words, without control characters and cut to 200.
    """
    shown = "".join(character if character.isprintable() else " " for character in reason).strip()
    # Some releases put underscores in the place of a text's spaces.
    text = shown.lower().replace("_", " ")
    for part, sentence in _TEXTS.items():
        if part in text:
            return sentence
    # "ReqNodeNotAvail, UnavailableNodes:c1": what follows the word only says more.
    word = re.split(r"[\s,:(]", text, maxsplit=1)[0]
    if word in {"", "none", "invalidreason", "invaildreason"} and word == text:
        return ""
    return _WORDS.get(word) or limit_sentence(word) or f"Slurm gives the reason: {shown[:_LONGEST]}."
