// SPDX-License-Identifier: MIT
// Reads all lines of a text, sorts them and prints them. Neither their number nor the length of each is known beforehand:
// one buffer grows for the lines' addresses while another grows for each line.
//
//   cc -I ../include read_lines.c ../src/*.c -pthread && ./a.out <hello.c
//
// Without an input, or with "-", it sorts a text of its own.
#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const own_text = "pear\napple\nfig\nbanana\n";

// Returns: the next line without its line feed, on the second stack; NULL at the end of the text.
static char *read_line(int (*next)(void *), void *from)
{
  int c = next(from);
  if (c == EOF) return NULL;
  ss_buffer line = ss_buffer_open();
  for (; c != EOF && c != '\n'; c = next(from)) *ss_push(char, &line) = (char)c;
  *ss_push(char, &line) = '\0';
  return ss_buffer_close(&line).data;
}

static int next_of_file(void *file)
{
  return getc((FILE *)file);
}

static int next_of_text(void *at)
{
  const char **text = at;
  return **text ? *(*text)++ : EOF;
}

static int compare(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
  const char *text = own_text;
  const bool is_own = argc > 1 && strcmp(argv[1], "-") == 0;
  SS_SCOPE {
    ss_buffer lines = ss_buffer_open();
    for (;;) {
      char *line = is_own ? read_line(next_of_text, &text) : read_line(next_of_file, stdin);
      if (line == NULL) break;
      *ss_push(char *, &lines) = line;
    }
    const ss_slice all = ss_buffer_close(&lines);
    const size_t count = all.size / sizeof(char *);
    char **sorted = all.data;
    if (count > 0) qsort(sorted, count, sizeof *sorted, compare);
    for (size_t i = 0; i < count; i++) puts(sorted[i]);
  }
  return 0;
}
