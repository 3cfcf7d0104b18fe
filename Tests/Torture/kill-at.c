// Runs a command and kills it with SIGKILL at a system call of its own choosing.
//
//     kill-at all|one|every N COMMAND...
//
// The calls of all the command's processes and threads are counted as they are entered, from 1. At the Nth either
// every process of the command is killed (`all`), as when a terminal's session or a container ends, or only the one
// that makes the call (`one`), as when the kernel is out of memory. Counted are the calls that another process or the
// disk could see: a kill anywhere between two of them leaves the same as one at the second. `every` counts all calls
// there are, and kills every process.
//
// N = 0 kills nothing. In the end the number of calls that were counted goes to file descriptor 3.
//
// Exit status: the command's own; 137 where it was killed; 125 where tracing failed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

// Whether the call can change anything outside of its process.
static int has_effect(const struct ptrace_syscall_info *info) {
	switch (info->entry.nr) {
	case SYS_openat: return (info->entry.args[2] & (O_CREAT | O_TRUNC)) != 0;
#ifdef SYS_open
	case SYS_open: return (info->entry.args[1] & (O_CREAT | O_TRUNC)) != 0;
	case SYS_rename: case SYS_link: case SYS_unlink: case SYS_symlink: case SYS_mkdir: case SYS_rmdir: case SYS_chmod:
	case SYS_utime: case SYS_utimes: case SYS_futimesat: case SYS_vfork: case SYS_fork: case SYS_pipe: case SYS_creat:
#endif
	case SYS_write: case SYS_pwrite64: case SYS_writev: case SYS_pwritev: case SYS_renameat: case SYS_renameat2:
	case SYS_linkat: case SYS_unlinkat: case SYS_symlinkat: case SYS_mkdirat: case SYS_fchmod: case SYS_fchmodat:
	case SYS_utimensat: case SYS_ftruncate: case SYS_truncate: case SYS_fallocate: case SYS_fsync: case SYS_fdatasync:
	case SYS_flock: case SYS_clone: case SYS_clone3: case SYS_execve: case SYS_exit_group: case SYS_kill:
	case SYS_copy_file_range: case SYS_sendfile: case SYS_msync:
		return 1;
	default: return 0;
	}
}

#define LIMIT 4096
static pid_t tracees[LIMIT];
static int tracee_count;

static void remember(pid_t tracee) {
	for (int i = 0; i < tracee_count; i++)
		if (tracees[i] == tracee) return;
	if (tracee_count < LIMIT) tracees[tracee_count++] = tracee;
}

static void forget(pid_t tracee) {
	for (int i = 0; i < tracee_count; i++)
		if (tracees[i] == tracee) tracees[i--] = tracees[--tracee_count];
}

static void kill_all(void) {
	for (int i = 0; i < tracee_count; i++) kill(tracees[i], SIGKILL);
}

int main(int argc, char **argv) {
	if (argc < 4) {
		fprintf(stderr, "usage: kill-at all|one|every N COMMAND...\n");
		return 129;
	}
	int every = strcmp(argv[1], "every") == 0, only_one = strcmp(argv[1], "one") == 0;
	long at = atol(argv[2]), count = 0;
	pid_t child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		close(3);
		raise(SIGSTOP);
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	int status;
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    ptrace(PTRACE_SETOPTIONS, child, 0,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		    PTRACE_O_EXITKILL) != 0) {
		perror("kill-at");
		return 125;
	}
	remember(child);
	ptrace(PTRACE_SYSCALL, child, 0, 0);

	int result = 125, killed = 0;
	pid_t tracee;
	while ((tracee = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (tracee == child) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			forget(tracee);
			continue;
		}
		remember(tracee);
		int stop = WSTOPSIG(status), pass = 0;
		if (stop == (SIGTRAP | 0x80)) {
			struct ptrace_syscall_info info;
			if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee, (void *)sizeof info, &info) > 0 &&
			    info.op == PTRACE_SYSCALL_INFO_ENTRY && (every || has_effect(&info)) && ++count == at) {
				killed = 1;
				if (only_one) {
					kill(tracee, SIGKILL);
					continue;
				}
				kill_all();
			}
			if (killed && !only_one) {
				kill_all();
				continue;
			}
		} else if (stop != SIGTRAP && (stop != SIGSTOP || status >> 16 == 0)) {
			// A new process or thread begins with a SIGSTOP that is not its own.
			pass = stop == SIGSTOP ? 0 : stop;
		}
		if (killed && !only_one) {
			kill(tracee, SIGKILL);
			continue;
		}
		ptrace(PTRACE_SYSCALL, tracee, 0, pass);
	}
	dprintf(3, "%ld\n", count);
	return result;
}
