// What glibc (2.34 and later) declares for _GNU_SOURCE alone, and Swift's view of it therefore lacks.
#include <spawn.h>
#include <stddef.h>

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int memfd_create(const char *name, unsigned int flags);
int mkostemp(char *path, int flags);
void *memmem(const void *text, size_t length, const void *part, size_t part_length);

static inline int dev_infra_close_from(posix_spawn_file_actions_t *actions, int from)
{
	return posix_spawn_file_actions_addclosefrom_np(actions, from);
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
