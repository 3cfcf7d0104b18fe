#define _GNU_SOURCE
#include "ProcessLimits.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>

static int limit(pid_t process, int resource, rlim_t bytes) {
#ifdef __linux__
  struct rlimit now;
  if (prlimit(process, resource, NULL, &now) != 0) return -1;
  if (now.rlim_cur > bytes) now.rlim_cur = bytes;
  if (now.rlim_max > bytes) now.rlim_max = bytes;
  return prlimit(process, resource, &now, NULL);
#else
  // Only a process bounds itself there: see LimitedCommand of SystemSupport.
  (void)process, (void)resource, (void)bytes;
  errno = ENOSYS;
  return -1;
#endif
}

int process_limit_memory(pid_t process, uint64_t bytes) { return limit(process, RLIMIT_DATA, bytes); }

int process_limit_file_size(pid_t process, uint64_t bytes) { return limit(process, RLIMIT_FSIZE, bytes); }
