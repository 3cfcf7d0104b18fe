// What glibc (2.34 and later) declares for _GNU_SOURCE alone, and Swift's view of it therefore lacks.
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <linux/stat.h>
#include <fcntl.h>
#include <unistd.h>

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int memfd_create(const char *name, unsigned int flags);
int mkostemp(char *path, int flags);
void *memmem(const void *text, size_t length, const void *part, size_t part_length);

static inline int dev_infra_close_from(posix_spawn_file_actions_t *actions, int from)
{
	return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

static inline int dev_infra_change_directory(posix_spawn_file_actions_t *actions, const char *path)
{
	return posix_spawn_file_actions_addchdir_np(actions, path);
}

static inline int dev_infra_contains(const void *text, size_t length, const void *part, size_t part_length)
{
	return memmem(text, length, part, part_length) != NULL;
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
