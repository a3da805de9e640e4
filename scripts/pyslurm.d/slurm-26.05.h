/*
 * Included before everything when pyslurm 25.11 is compiled for Slurm 26.05 (scripts/pyslurm).
 *
 * 26.05 takes a slurm_step_id_t where 25.11 took the number of a job; its own header can do with both. One function has
 * another name.
 */
#define SLURM_BACKWARD_COMPAT
#include <slurm/slurm.h>

#define slurm_free_ctl_conf slurm_free_conf

/*
 * What sbatch says besides of a job that asks for processors, and pyslurm has no word for: that they were asked for, and
 * the same as a resource of each task.
 */
extern char *slurm_xstrdup_printf(const char *format, ...);

static inline int submit_like_sbatch(job_desc_msg_t *job, submit_response_msg_t **answer)
{
	if (job->cpus_per_task != NO_VAL16) {
		job->bitflags |= JOB_CPUS_SET;
		if (!job->tres_per_task)
			job->tres_per_task = slurm_xstrdup_printf("cpu=%u", (unsigned) job->cpus_per_task);
	}
	return slurm_submit_batch_job(job, answer);
}
#define slurm_submit_batch_job(job, answer) submit_like_sbatch((job), (answer))
