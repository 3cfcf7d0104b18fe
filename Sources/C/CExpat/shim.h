// The system's libexpat, as one Clang module.
#include <expat.h>
