// libgit2 reads whole what a repository holds: an index, packed refs, a configuration, the base of a delta. Their size is
// their author's choice, so the allocator that it uses counts, and refuses. libgit2 takes that for a full memory, gives
// up what it was doing, and says so.
//
// A thread that examines a repository has a budget. Others (the registry's own work) have none; there only a single
// allocation is bounded.

#include "GitMemory.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

// Since 1.7 libgit2 makes everything of three functions (https://github.com/libgit2/libgit2/pull/6563).
#define HAS_ALL_FUNCTIONS (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 7)

struct git_memory_budget {
  size_t limit;
  atomic_size_t used;
  atomic_bool cancelled;
  atomic_bool refused;
};

// What each thread may take while another takes much: threads that take much do so one after the other.
static const size_t small_share = 8 << 20;

static _Thread_local struct git_memory_budget *current;
static struct git_memory_budget *_Atomic large;
static size_t largest_single = SIZE_MAX;
static _Thread_local size_t ceiling = SIZE_MAX;
static void (*on_waiting)(void);

// Waits until this budget is the one that may be large.
static bool become_large(struct git_memory_budget *budget) {
  for (;;) {
    struct git_memory_budget *expected = NULL;
    if (atomic_load(&budget->cancelled)) return false;
    if (atomic_compare_exchange_strong(&large, &expected, budget) || expected == budget) return true;
    if (on_waiting) on_waiting();
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
}

static bool refuse(struct git_memory_budget *budget) {
  if (budget) atomic_store(&budget->refused, true);
  git_error_set_oom();
  return false;
}

// Whether `size` more bytes may be allocated.
static bool allows(size_t size) {
  struct git_memory_budget *budget = current;
  if (size > ceiling) return refuse(budget);
  if (!budget) return size <= largest_single || refuse(NULL);
  size_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);
  if (size > budget->limit || used > budget->limit - size) return refuse(budget);
  if (atomic_load_explicit(&budget->cancelled, memory_order_relaxed)) return refuse(budget);
  if (used + size > small_share && !become_large(budget)) return refuse(budget);
  return true;
}

static void count(void *pointer) {
  if (current && pointer) {
    atomic_fetch_add_explicit(&current->used, malloc_usable_size(pointer), memory_order_relaxed);
  }
}

static void discount(size_t size) {
  struct git_memory_budget *budget = current;
  if (!budget) return;
  // Memory that was allocated under another budget may be freed under this one.
  size_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);
  atomic_store_explicit(&budget->used, used > size ? used - size : 0, memory_order_relaxed);
}

static void *allocate(size_t size) {
  if (!allows(size)) return NULL;
  void *pointer = malloc(size ? size : 1);
  if (!pointer) git_error_set_oom();
  count(pointer);
  return pointer;
}

static void *our_malloc(size_t size, const char *file, int line) {
  (void)file, (void)line;
  return allocate(size);
}

#if HAS_ALL_FUNCTIONS
static void *our_calloc(size_t elements, size_t size, const char *file, int line) {
  (void)file, (void)line;
  size_t total;
  if (__builtin_mul_overflow(elements, size, &total)) total = SIZE_MAX;
  if (!allows(total)) return NULL;
  void *pointer = calloc(elements ? elements : 1, size ? size : 1);
  if (!pointer) git_error_set_oom();
  count(pointer);
  return pointer;
}
#endif

static void *our_realloc(void *old, size_t size, const char *file, int line) {
  (void)file, (void)line;
  size_t before = old ? malloc_usable_size(old) : 0;
  if (size > before && !allows(size - before)) return NULL;
  if (size > ceiling || (!current && size > largest_single)) return refuse(current), NULL;
  void *pointer = realloc(old, size ? size : 1);
  if (!pointer) {
    git_error_set_oom();
    return NULL;
  }
  discount(before);
  count(pointer);
  return pointer;
}

#if HAS_ALL_FUNCTIONS
static void *our_reallocarray(void *old, size_t elements, size_t size, const char *file, int line) {
  size_t total;
  if (__builtin_mul_overflow(elements, size, &total)) total = SIZE_MAX;
  return our_realloc(old, total, file, line);
}

static void *our_mallocarray(size_t elements, size_t size, const char *file, int line) {
  size_t total;
  (void)file, (void)line;
  if (__builtin_mul_overflow(elements, size, &total)) total = SIZE_MAX;
  return allocate(total);
}

static char *our_substrdup(const char *text, size_t length, const char *file, int line) {
  (void)file, (void)line;
  char *copy = length == SIZE_MAX ? NULL : allocate(length + 1);
  if (!copy) return NULL;
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

static char *our_strndup(const char *text, size_t length, const char *file, int line) {
  return our_substrdup(text, strnlen(text, length), file, line);
}

static char *our_strdup(const char *text, const char *file, int line) {
  return our_substrdup(text, strlen(text), file, line);
}
#endif

static void our_free(void *pointer) {
  if (!pointer) return;
  if (current) discount(malloc_usable_size(pointer));
  free(pointer);
}

void git_memory_set_ceiling(size_t largest) { ceiling = largest; }

int git_memory_install(size_t largest, void (*waiting)(void)) {
  static git_allocator allocator = {
      .gmalloc = our_malloc,
      .grealloc = our_realloc,
      .gfree = our_free,
#if HAS_ALL_FUNCTIONS
      .gcalloc = our_calloc,
      .gstrdup = our_strdup,
      .gstrndup = our_strndup,
      .gsubstrdup = our_substrdup,
      .greallocarray = our_reallocarray,
      .gmallocarray = our_mallocarray,
#endif
  };
  largest_single = largest;
  on_waiting = waiting;
  return git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

struct git_memory_budget *git_memory_budget_new(size_t limit) {
  struct git_memory_budget *budget = calloc(1, sizeof *budget);
  if (budget) budget->limit = limit;
  return budget;
}

static void release(struct git_memory_budget *budget) {
  struct git_memory_budget *expected = budget;
  atomic_compare_exchange_strong(&large, &expected, NULL);
}

void git_memory_budget_free(struct git_memory_budget *budget) {
  if (budget) release(budget);
  free(budget);
}

void git_memory_enter(struct git_memory_budget *budget) { current = budget; }

void git_memory_cancel(struct git_memory_budget *budget) {
  if (!budget) return;
  atomic_store(&budget->cancelled, true);
  release(budget);
}

bool git_memory_was_refused(struct git_memory_budget *budget) {
  return budget && atomic_load(&budget->refused);
}
