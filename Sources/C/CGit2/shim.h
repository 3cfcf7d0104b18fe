// The system's libgit2, as one Clang module.
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <zlib.h>

// git_libgit2_opts takes variable arguments, which Swift cannot call.
static inline int dev_infra_git_enable(int option, int enabled) {
  return git_libgit2_opts(option, enabled);
}

static inline int dev_infra_git_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int dev_infra_git_limit_cache(ssize_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}

static inline int dev_infra_git_limit_cached_objects(git_object_t kind, size_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, kind, bytes);
}

static inline int dev_infra_git_limit_windows(size_t one, size_t all) {
  int code = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, one);
  return code < 0 ? code : git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, all);
}

// An object database's backend of ours: libgit2's part comes first.
struct dev_infra_loose_reader {
  struct git_odb_backend parent;
  char *objects;
};
