// Runs programs from files, or from all files of folders: `model-replay PATH...`. With libFuzzer this
// file is not linked: fuzz_target.c is.
#include "machine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static size_t file_count;

static void replay_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "model-replay: cannot read %s\n", path);
    exit(2);
  }
  static uint8_t bytes[1 << 16];
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  snprintf(machine_replay, sizeof machine_replay, "model-replay %s", path);
  machine_run(bytes, size);
  file_count += 1;
}

static void replay(const char *path)
{
  DIR *folder = opendir(path);
  if (folder == NULL) {
    replay_file(path);
    return;
  }
  for (const struct dirent *found; (found = readdir(folder)) != NULL;) {
    char name[512];
    if (found->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, found->d_name);
    replay_file(name);
  }
  closedir(folder);
}

int main(int argc, char **argv)
{
  if (argc < 2) {
    fprintf(stderr, "model-replay: usage: model-replay FILE_OR_FOLDER...\n");
    return 2;
  }
  for (int i = 1; i < argc; i += 1) replay(argv[i]);
  printf("%zu programs, %zu operations\n", file_count, machine_totals.operations);
  printf("%zu passed, %d failed\n", file_count, file_count == 0);
  return file_count == 0;
}
