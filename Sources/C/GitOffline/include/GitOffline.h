// What is put in the place of parts of libgit2's own libraries; see certificates.c.
#ifndef GIT_OFFLINE_H
#define GIT_OFFLINE_H

// How often libgit2 has asked for certificates, which it does not get. For tests.
int git_offline_calls(void);

#endif
