// The system's libyaml, as one Clang module.
#include <yaml.h>
