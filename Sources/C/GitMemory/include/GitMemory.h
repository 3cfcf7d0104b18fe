// A bound on the memory that libgit2 takes, kept where it takes it: see memory.c.
#ifndef GIT_MEMORY_H
#define GIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/// What one piece of work may take, and has taken.
struct git_memory_budget;

/// Hands libgit2 our allocator; before libgit2 is started.
///
/// - largest: bytes of one allocation of a thread that has no budget.
/// - waiting: called each millisecond in which a thread waits until another with a large budget in use is done.
int git_memory_install(size_t largest, void (*waiting)(void));

/// A budget of `limit` bytes; NULL where there is no memory for it.
struct git_memory_budget *git_memory_budget_new(size_t limit);
void git_memory_budget_free(struct git_memory_budget *budget);

/// What this thread has libgit2 allocate counts in `budget` from now on; NULL: in none.
void git_memory_enter(struct git_memory_budget *budget);

/// Refuses all that is asked for in this budget from now on, whichever thread asks, and lets others take its place.
void git_memory_cancel(struct git_memory_budget *budget);

/// The most bytes of one allocation that this thread has libgit2 make from now on; SIZE_MAX for no bound of its own. An object
/// that is larger is not read, and its size need not be looked up first.
void git_memory_set_ceiling(size_t largest);

/// Whether something was refused because of this budget.
bool git_memory_was_refused(struct git_memory_budget *budget);

#endif
