// SPDX-License-Identifier: MIT
// Runs programs that a fuzzer found: `model-replay FILE...` runs programs that are files of their
// own, and `model-replay --corpus FILE [N]` runs all programs of a corpus, or its Nth. libFuzzer
// itself links fuzz_target.c instead of this file. Since libFuzzer reads only folders with one
// program in each file, model-replay also unpacks a corpus into such a folder and packs it again.
// `model-replay-debug` does the same with SS_DEBUG.
#include "corpus.h"
#include "machine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if SS_DEBUG
#define NAME "model-replay-debug"
#else
#define NAME "model-replay"
#endif

static const char usage[] =
    "model-replay: usage: model-replay FILE...            run the program in each file\n"
    "                     model-replay --corpus FILE [N]  run all programs of a corpus, or the "
    "Nth\n"
    "                     model-replay --damage FILE      see that a damaged copy is refused\n"
    "                     model-replay --unpack FILE DIR  write a corpus as a file for each "
    "program\n"
    "                     model-replay --pack FILE DIR    write the files of a folder as a "
    "corpus\n";

typedef struct contents {
  uint8_t *bytes;
  size_t size;
} contents;

static _Noreturn void stop(const char *path, const char *what)
{
  fprintf(stderr, "model-replay: %s: %s\n", path, what);
  exit(2);
}

static contents read_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL) stop(path, "cannot be read");
  contents read = {NULL, 0};
  for (size_t room = 4096;; room *= 2) {
    read.bytes = realloc(read.bytes, room);
    if (read.bytes == NULL) stop(path, "is too large");
    read.size += fread(read.bytes + read.size, 1, room - read.size, file);
    if (read.size < room) break;
  }
  if (ferror(file)) stop(path, "cannot be read");
  fclose(file);
  return read;
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
  FILE *file = fopen(path, "wb");
  if (file == NULL) stop(path, "cannot be written");
  const bool is_written = fwrite(bytes, 1, size, file) == size;
  if (fclose(file) != 0 || !is_written) stop(path, "cannot be written");
}

static contents read_corpus(const char *path, corpus *out)
{
  const contents file = read_file(path);
  const char *wrong = corpus_parse(file.bytes, file.size, out);
  if (wrong) {
    fprintf(stderr, "model-replay: %s is damaged or no corpus: %s\n", path, wrong);
    exit(2);
  }
  return file;
}

static int finish(size_t program_count)
{
  printf("%zu programs, %zu operations\n", program_count, machine_totals.operations);
  printf("%zu passed, %d failed\n", program_count, program_count == 0);
  return program_count == 0;
}

static int replay_files(int count, char **paths)
{
  for (int i = 0; i < count; i += 1) {
    const contents file = read_file(paths[i]);
    if (corpus_begins(file.bytes, file.size)) stop(paths[i], "is a corpus: use --corpus");
    snprintf(machine_replay, sizeof machine_replay, NAME " %s", paths[i]);
    machine_run(file.bytes, file.size);
    free(file.bytes);
  }
  return finish((size_t)count);
}

static int replay_corpus(const char *path, const char *number)
{
  corpus programs;
  const contents file = read_corpus(path, &programs);
  size_t first = 0;
  size_t end = programs.count;
  if (number) {
    char *rest;
    first = (size_t)strtoul(number, &rest, 10) - 1;
    if (*rest != 0 || first >= programs.count) stop(number, "the corpus has no such program");
    end = first + 1;
  }
  for (size_t i = first; i < end; i += 1) {
    snprintf(machine_replay, sizeof machine_replay, NAME " --corpus %s %zu", path, i + 1);
    // The program is copied so that AddressSanitizer notices a read beyond its end.
    uint8_t *bytes = corpus_memory(programs.programs[i].size);
    memcpy(bytes, programs.programs[i].bytes, programs.programs[i].size);
    machine_run(bytes, programs.programs[i].size);
    free(bytes);
  }
  free(programs.programs);
  free(file.bytes);
  return finish(end - first);
}

static size_t refused(const contents *file)
{
  corpus programs;
  const bool is_refused = corpus_parse(file->bytes, file->size, &programs) != NULL;
  free(programs.programs);
  return is_refused;
}

// Checks that packing the programs of a corpus gives the same file again, and that copies that are
// truncated or have a changed bit are refused.
static int damage(const char *path)
{
  corpus programs;
  const contents file = read_corpus(path, &programs);
  contents again = {NULL, 0};
  again.bytes = corpus_pack(&programs, &again.size);
  size_t passed = again.size == file.size && memcmp(again.bytes, file.bytes, file.size) == 0;
  size_t all = 1;
  // Damages every byte of the head, then about 200 bytes spread over the rest.
  for (size_t at = 0; at < file.size; at += at < 32 ? 1 : file.size / 200 + 1) {
    again.size = at;
    passed += refused(&again);
    again.size = file.size;
    again.bytes[at] ^= (uint8_t)(1 << at % 8);
    passed += refused(&again);
    again.bytes[at] ^= (uint8_t)(1 << at % 8);
    all += 2;
  }
  passed += !refused(&again);
  all += 1;
  free(again.bytes);
  free(programs.programs);
  free(file.bytes);
  printf("%zu passed, %zu failed\n", passed, all - passed);
  return passed != all;
}

static int unpack(const char *path, const char *folder)
{
  corpus programs;
  const contents file = read_corpus(path, &programs);
  for (size_t i = 0; i < programs.count; i += 1) {
    char name[512];
    snprintf(name, sizeof name, "%s/%04zu", folder, i + 1);
    write_file(name, programs.programs[i].bytes, programs.programs[i].size);
  }
  free(programs.programs);
  free(file.bytes);
  return 0;
}

static int pack(const char *path, const char *folder)
{
  DIR *open_folder = opendir(folder);
  if (open_folder == NULL) stop(folder, "no folder that can be read");
  contents *files = NULL;
  size_t count = 0;
  for (const struct dirent *found; (found = readdir(open_folder)) != NULL;) {
    if (found->d_name[0] == '.') continue;
    char name[512];
    snprintf(name, sizeof name, "%s/%s", folder, found->d_name);
    files = realloc(files, (count + 1) * sizeof *files);
    if (files == NULL) stop(folder, "has too many files");
    files[count++] = read_file(name);
  }
  closedir(open_folder);
  if (count == 0) stop(folder, "has no programs");
  corpus programs = {corpus_memory(count * sizeof(corpus_program)), count};
  for (size_t i = 0; i < count; i += 1) {
    programs.programs[i] = (corpus_program){files[i].bytes, files[i].size};
  }
  size_t size;
  uint8_t *bytes = corpus_pack(&programs, &size);
  write_file(path, bytes, size);
  printf("%s: %zu programs, %zu bytes\n", path, programs.count, size);
  free(bytes);
  free(programs.programs);
  for (size_t i = 0; i < count; i += 1) free(files[i].bytes);
  free(files);
  return 0;
}

int main(int argc, char **argv)
{
  const char *mode = argc > 1 ? argv[1] : "--";
  if (strncmp(mode, "--", 2) != 0) return replay_files(argc - 1, argv + 1);
  if (strcmp(mode, "--corpus") == 0 && (argc == 3 || argc == 4)) {
    return replay_corpus(argv[2], argc == 4 ? argv[3] : NULL);
  }
  if (strcmp(mode, "--damage") == 0 && argc == 3) return damage(argv[2]);
  if (strcmp(mode, "--unpack") == 0 && argc == 4) return unpack(argv[2], argv[3]);
  if (strcmp(mode, "--pack") == 0 && argc == 4) return pack(argv[2], argv[3]);
  fputs(usage, stderr);
  return 2;
}
