// Limits of a process that runs: prlimit(2), which Swift does not see.
#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

/// Bounds the data (RLIMIT_DATA) of a process and of those that it will start; a lower bound that it has stays.
int process_limit_memory(pid_t process, uint64_t bytes);

/// Bounds the files that a process and those that it will start can write (RLIMIT_FSIZE); a lower bound that it has stays.
int process_limit_file_size(pid_t process, uint64_t bytes);

#endif
