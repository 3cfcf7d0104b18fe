// What is put in the place of parts of libgit2's own libraries; see certificates.c. There is nothing to call.
