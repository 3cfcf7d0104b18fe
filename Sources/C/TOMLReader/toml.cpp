#include "TOMLReader.h"

#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace {
// That toml++ came upon what it takes for impossible.
struct broken_assumption {};
} // namespace

// There are texts that break what toml++ 3.3.0 asserts of its own state (a table in braces whose key is a bracket, say). In a
// build for release that would be undefined behaviour: here it is an error as any other, and nothing of it gets into callers.
#undef NDEBUG
#define TOML_ASSERT(condition) \
  do { \
    if (!(condition)) throw broken_assumption{}; \
  } while (false)
#define TOML_EXCEPTIONS 1
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace {

void visit(const toml::node &node, const dev_infra_toml_visitor &visitor) {
  if (const toml::table *table = node.as_table()) {
    visitor.begin_table(visitor.context);
    for (auto &&member : *table) {
      const std::string_view name{member.first};
      visitor.name(visitor.context, name.data(), name.size());
      visit(member.second, visitor);
    }
    visitor.end(visitor.context);
  } else if (const toml::array *array = node.as_array()) {
    visitor.begin_array(visitor.context);
    for (const toml::node &item : *array) visit(item, visitor);
    visitor.end(visitor.context);
  } else if (const auto *text = node.as_string()) {
    visitor.text(visitor.context, text->get().data(), text->get().size());
  } else {
    // Numbers and times are in no list; a place in an array is kept.
    visitor.text(visitor.context, "", 0);
  }
}

unsigned fail(const std::string_view words, unsigned line, char *reason, size_t size) {
  const size_t count = words.size() < size ? words.size() : size - 1;
  std::memcpy(reason, words.data(), count);
  reason[count] = 0;
  return line > 0 ? line : 1;
}

} // namespace

extern "C" unsigned dev_infra_toml_read(const char *text, size_t length, const dev_infra_toml_visitor *visitor,
                                        char *reason, size_t size) {
  try {
    const toml::table table = toml::parse(std::string_view{text, length});
    visit(table, *visitor);
    return 0;
  } catch (const toml::parse_error &error) {
    return fail(error.description(), error.source().begin.line, reason, size);
  } catch (const broken_assumption &) {
    return fail("it cannot be parsed", 1, reason, size);
  } catch (const std::bad_alloc &) {
    return fail("there is no memory for it", 1, reason, size);
  }
}
