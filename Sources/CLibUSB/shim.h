#pragma once
#include <libusb.h>
#include <sys/prctl.h>

/* prctl is variadic and pthread_setname_np hides behind _GNU_SOURCE: neither reaches Swift. */
static inline void name_this_thread(const char *name) { prctl(PR_SET_NAME, name); }
