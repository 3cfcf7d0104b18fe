// libgit2 over mbedTLS, as Debian and Ubuntu build it, parses every certificate authority of the system when it starts:
// 4 ms of the 4.5 that starting takes. It offers no way to do without (https://github.com/libgit2/libgit2/pull/3935 speaks of
// loading them when they are first needed, and no version up to 1.9.7 does that), and no connection is ever made through it
// here (the git program makes them). The dynamic linker takes a function of the executable before the library's own of that
// name, so this one is called, and reads nothing. Were a TLS connection made all the same, it would be refused, since no
// authority is trusted. Where libgit2 is built over another library, nothing calls this. LibGit2Tests notice when libgit2 no
// longer does.

#include "GitOffline.h"

// Declared as in mbedtls/x509_crt.h, whose types are not needed to do nothing.
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

static int calls;

int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
  (void)chain;
  (void)path;
  calls++;
  return 0;
}

int git_offline_calls(void) { return calls; }
