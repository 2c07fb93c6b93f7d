/* Runs a program, with an allocator preloaded in it and not in this one, and writes what it took:
 *
 *     measured_run FIGURES LIBRARY PROGRAM ARGUMENTS...
 *
 * A file of its own in C, since the kernel counts the largest of a process and of what was there before its exec: a
 * script's interpreter would hide what small programs take.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char** environ;

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

int main(int argc, char** argv) {
  struct rusage used;
  pid_t child;
  int status;
  long long began;
  FILE* figures;

  if (argc < 4 || setenv("LD_PRELOAD", argv[2], 1) != 0)
    return fprintf(stderr, "usage: measured_run FIGURES LIBRARY PROGRAM ARGUMENTS...\n"), 2;
  began = now();
  if (posix_spawnp(&child, argv[3], NULL, NULL, argv + 3, environ) != 0 || wait4(child, &status, 0, &used) != child)
    return perror(argv[3]), 2;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fprintf(stderr, "measured_run: %s ended with status %#x\n", argv[3], (unsigned)status), 1;

  figures = fopen(argv[1], "w");
  if (figures == NULL)
    return perror(argv[1]), 2;
  fprintf(figures, "passed_us\t%lld\nprocessor_us\t%lld\npeak_kib\t%ld\n", now() - began,
          microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss);
  return fclose(figures) == 0 ? 0 : 2;
}
