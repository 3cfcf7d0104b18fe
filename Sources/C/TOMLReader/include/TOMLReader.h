// Reads TOML by toml++, and hands what is in it to functions of C.
#ifndef DEV_INFRA_TOML_READER_H
#define DEV_INFRA_TOML_READER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// What is called for each part of a document, in its order: the name of a member, and then its value.
struct dev_infra_toml_visitor {
  void *context;
  void (*name)(void *context, const char *text, size_t length);
  void (*text)(void *context, const char *text, size_t length);
  void (*begin_table)(void *context);
  void (*begin_array)(void *context);
  void (*end)(void *context);
};

// Returns 0; or the line where it is wrong, with the reason in `reason`, of at most `size` bytes.
unsigned dev_infra_toml_read(const char *text, size_t length, const struct dev_infra_toml_visitor *visitor,
                             char *reason, size_t size);

#ifdef __cplusplus
}
#endif

#endif
