#pragma once
#include <systemd/sd-journal.h>
#include <sys/timex.h> /* adjtimex, which the Glibc module leaves out */
#include <sys/uio.h>
