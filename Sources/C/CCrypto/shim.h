// The system's libcrypto, which libgit2 loads in any case.
#include <openssl/crypto.h>
#include <openssl/evp.h>
