// What the C library declares for _GNU_SOURCE alone, and Swift's view of it therefore lacks; and what systems differ in.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void *memmem(const void *text, size_t length, const void *part, size_t part_length);

// POSIX_SPAWN_SETSID, which glibc and musl declare for _GNU_SOURCE alone.
#ifdef __APPLE__
static const int dev_infra_spawn_session = 0x400;
#else
static const int dev_infra_spawn_session = 0x80;
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

static inline int dev_infra_change_directory(posix_spawn_file_actions_t *actions, const char *path)
{
	return posix_spawn_file_actions_addchdir_np(actions, path);
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
#include <sys/mount.h>
#include <sys/param.h>

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

// There programs that are started get none but those that are given to them: POSIX_SPAWN_CLOEXEC_DEFAULT.
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
#endif
