// What the C library declares for _GNU_SOURCE alone, and Swift's view of it therefore lacks; and what systems differ in.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

void *memmem(const void *text, size_t length, const void *part, size_t part_length);

// POSIX_SPAWN_SETSID, which glibc and musl declare for _GNU_SOURCE alone.
// And POSIX_SPAWN_CLOEXEC_DEFAULT, which only Darwin has.
#ifdef __APPLE__
static const int dev_infra_spawn_session = 0x400;
static const int dev_infra_spawn_close_default = 0x4000;
#else
static const int dev_infra_spawn_session = 0x80;
static const int dev_infra_spawn_close_default = 0;
#endif

static inline int dev_infra_contains(const void *text, size_t length, const void *part, size_t part_length)
{
	return memmem(text, length, part, part_length) != NULL;
}

// What a file system says of itself: its number or its name, and how much of it is free.
struct dev_infra_file_system_facts {
	uint64_t type, bytes, free_bytes, files, free_files;
	int is_read_only, is_local;
	char name[32];
};

#ifdef __GLIBC__
#include <malloc.h>
#endif

// glibc keeps each block that was larger than any before it, so that every size of a growing array stays
// allocated.
static inline void dev_infra_return_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

// glibc has eight heaps for each processor that threads take turns in.
static inline void dev_infra_limit_heaps(int count)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, count);
#endif
}

#ifdef __linux__
#include <linux/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

static inline int dev_infra_file_system(const char *path, struct dev_infra_file_system_facts *facts)
{
	struct statfs kind;
	struct statvfs space;
	if (statfs(path, &kind) != 0 || statvfs(path, &space) != 0)
		return -1;
	memset(facts, 0, sizeof *facts);
	// A number of 32 bits, which some architectures have with a sign.
	facts->type = (uint32_t)kind.f_type;
	facts->bytes = (uint64_t)space.f_blocks * space.f_frsize;
	facts->free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
	facts->files = space.f_files;
	facts->free_files = space.f_favail;
	facts->is_read_only = (space.f_flag & ST_RDONLY) != 0;
	facts->is_local = 1;
	return 0;
}

// glibc since 2.34, musl since 1.2.4.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int memfd_create(const char *name, unsigned int flags);
int mkostemp(char *path, int flags);

// Has a program that is started get no descriptor from this one on.
static inline int dev_infra_close_from(posix_spawn_file_actions_t *actions, int from)
{
	return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// Has it get this one all the same; here it does anyway.
static inline int dev_infra_keep(posix_spawn_file_actions_t *actions, int descriptor)
{
	(void)actions;
	(void)descriptor;
	return 0;
}

static inline int dev_infra_change_directory(posix_spawn_file_actions_t *actions, const char *path)
{
	return posix_spawn_file_actions_addchdir_np(actions, path);
}

// Returns only when what was written would survive a power cut.
static inline int dev_infra_synchronize(int descriptor)
{
	return fsync(descriptor);
}

// A condition that is waited for by a clock that nobody sets.
static inline void dev_infra_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

static inline int dev_infra_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds)
{
	struct timespec end;
	clock_gettime(CLOCK_MONOTONIC, &end);
	nanoseconds += end.tv_nsec;
	end.tv_sec += nanoseconds / 1000000000;
	end.tv_nsec = nanoseconds % 1000000000;
	return pthread_cond_timedwait(condition, mutex, &end);
}

// A file in memory that no program gets which this process starts.
static inline int dev_infra_file_in_memory(void)
{
	return memfd_create("dev-infra", 1 /* MFD_CLOEXEC */);
}

static inline int dev_infra_temporary_file(char *path, int flags)
{
	return mkostemp(path, flags);
}

static inline int dev_infra_socket_pair(int *ends)
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

// The number of a file, and when it was made: 1 with both, 0 with the number alone, -1 where it cannot be looked at.
static inline int dev_infra_identity(const char *path, uint64_t *number, int64_t *seconds, uint32_t *nanoseconds)
{
	struct statx status;
	if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &status) != 0)
		return -1;
	*number = status.stx_ino;
	*seconds = status.stx_btime.tv_sec;
	*nanoseconds = status.stx_btime.tv_nsec;
	return (status.stx_mask & STATX_BTIME) != 0;
}
#endif

#ifdef __APPLE__
#include <libproc.h>
#include <mach/mach_time.h>
#include <mach-o/dyld.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/proc_info.h>
#include <sys/sysctl.h>

static inline int dev_infra_file_system(const char *path, struct dev_infra_file_system_facts *facts)
{
	struct statfs kind;
	if (statfs(path, &kind) != 0)
		return -1;
	memset(facts, 0, sizeof *facts);
	facts->bytes = (uint64_t)kind.f_blocks * kind.f_bsize;
	facts->free_bytes = (uint64_t)kind.f_bavail * kind.f_bsize;
	facts->files = kind.f_files;
	facts->free_files = kind.f_ffree;
	facts->is_read_only = (kind.f_flags & MNT_RDONLY) != 0;
	facts->is_local = (kind.f_flags & MNT_LOCAL) != 0;
	strlcpy(facts->name, kind.f_fstypename, sizeof facts->name);
	return 0;
}

static inline int dev_infra_change_directory(posix_spawn_file_actions_t *actions, const char *path)
{
	return posix_spawn_file_actions_addchdir_np(actions, path);
}

// There, with the flag POSIX_SPAWN_CLOEXEC_DEFAULT, it gets only those that are given to it.
static inline int dev_infra_close_from(posix_spawn_file_actions_t *actions, int from)
{
	(void)actions;
	(void)from;
	return 0;
}

static inline int dev_infra_temporary_file(char *path, int flags)
{
	return mkostemp(path, flags);
}

static inline int dev_infra_file_in_memory(void)
{
	char path[] = "/tmp/dev-infra-XXXXXX";
	int descriptor = mkostemp(path, O_CLOEXEC);
	if (descriptor >= 0)
		unlink(path);
	return descriptor;
}

static inline int dev_infra_socket_pair(int *ends)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

static inline int dev_infra_identity(const char *path, uint64_t *number, int64_t *seconds, uint32_t *nanoseconds)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return -1;
	*number = status.st_ino;
	*seconds = status.st_birthtimespec.tv_sec;
	*nanoseconds = (uint32_t)status.st_birthtimespec.tv_nsec;
	return 1;
}

static inline int dev_infra_keep(posix_spawn_file_actions_t *actions, int descriptor)
{
	return posix_spawn_file_actions_addinherit_np(actions, descriptor);
}

// fsync(2) leaves what was written in the drive's own memory. Not every file system knows F_FULLFSYNC.
static inline int dev_infra_synchronize(int descriptor)
{
	if (fcntl(descriptor, F_FULLFSYNC) == 0)
		return 0;
	return errno == EINTR ? -1 : fsync(descriptor);
}

static inline void dev_infra_condition_init(pthread_cond_t *condition)
{
	pthread_cond_init(condition, NULL);
}

static inline int dev_infra_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds)
{
	struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
	return pthread_cond_timedwait_relative_np(condition, mutex, &time);
}

// The path that this process was started by.
static inline int dev_infra_executable(char *path, uint32_t size)
{
	return _NSGetExecutablePath(path, &size);
}

// 32 hexadecimal digits and a NUL that stand for this computer.
static inline int dev_infra_host_id(char *digits)
{
	unsigned char id[16];
	struct timespec patience = {1, 0};
	if (gethostuuid(id, &patience) != 0)
		return -1;
	for (int i = 0; i < 16; i++)
		snprintf(digits + 2 * i, 3, "%02x", id[i]);
	return 0;
}

// Whether a process has ended and is not yet waited for, and which signals it ignores, a bit each from 1 on.
struct dev_infra_process_facts {
	int has_ended;
	uint32_t ignored;
};

static inline struct dev_infra_process_facts dev_infra_process_state(pid_t process)
{
	struct dev_infra_process_facts facts = {0, 0};
	struct kinfo_proc info;
	size_t size = sizeof info;
	int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, process};
	if (sysctl(name, 4, &info, &size, NULL, 0) == 0 && size == sizeof info) {
		facts.has_ended = info.kp_proc.p_stat == SZOMB;
		facts.ignored = info.kp_proc.p_sigignore;
	}
	return facts;
}

// Seconds of the processor that a process has taken; 0 where the system does not tell.
static inline double dev_infra_processor_seconds(pid_t process)
{
	struct proc_taskinfo facts;
	mach_timebase_info_data_t base;
	if (proc_pidinfo(process, PROC_PIDTASKINFO, 0, &facts, sizeof facts) != (int)sizeof facts || mach_timebase_info(&base) != 0)
		return 0;
	return (double)(facts.pti_total_user + facts.pti_total_system) * base.numer / base.denom / 1e9;
}

// The children of a process, as many as there is room for; how many that is.
static inline int dev_infra_children(pid_t process, pid_t *children, int room)
{
	int bytes = proc_listpids(PROC_PPID_ONLY, (uint32_t)process, children, room * (int)sizeof(pid_t));
	return bytes < 0 ? 0 : bytes / (int)sizeof(pid_t);
}

// KERN_PROCARGS2 of a process: how many bytes there are of it.
static inline int64_t dev_infra_arguments(pid_t process, void *area, size_t size)
{
	int name[3] = {CTL_KERN, KERN_PROCARGS2, process};
	return sysctl(name, 3, area, &size, NULL, 0) == 0 ? (int64_t)size : -1;
}

// Whether a process has a file open that it knows by this path.
static inline int dev_infra_has_opened(pid_t process, const char *path)
{
	struct proc_fdinfo open[256];
	int bytes = proc_pidinfo(process, PROC_PIDLISTFDS, 0, open, sizeof open);
	for (int i = 0; i < bytes / (int)sizeof open[0]; i++) {
		struct vnode_fdinfowithpath file;
		if (open[i].proc_fdtype == PROX_FDTYPE_VNODE &&
		    proc_pidfdinfo(process, open[i].proc_fd, PROC_PIDFDVNODEPATHINFO, &file, sizeof file) == sizeof file &&
		    strcmp(file.pvip.vip_path, path) == 0)
			return 1;
	}
	return 0;
}
#endif
