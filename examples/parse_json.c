// SPDX-License-Identifier: MIT
// A recursive parser. It has one open buffer for each array that it is inside of, because the number of an array's values
// is known only at its end. It reads numbers and arrays only, so that it fits on a page.
//
//   cc -I ../include parse_json.c ../src/*.c -pthread && ./a.out '[1,[2,3,[4]],[]]'
#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct value {
  double number;              // if it is a number
  const struct value *items;  // if it is an array; NULL for a number
  size_t count;
} value;

static const char *skip(const char *at)
{
  while (*at == ' ' || *at == '\n' || *at == '\t') at++;
  return at;
}

// Reads a value and moves *at behind it. Returns: false if there is no value.
static bool parse(const char **at, value *result)
{
  *at = skip(*at);
  if (**at != '[') {
    char *end = NULL;
    *result = (value){strtod(*at, &end), NULL, 0};
    const bool is_number = end != *at;
    *at = end;
    return is_number;
  }
  ss_buffer items = ss_buffer_open();  // stays open while the inner arrays have theirs
  bool is_right = true;
  *at = skip(*at + 1);
  while (is_right && **at != ']') {
    value item;
    is_right = parse(at, &item);
    if (is_right) *ss_push(value, &items) = item;
    *at = skip(*at);
    if (**at == ',') {
      *at = skip(*at + 1);
    } else if (**at != ']') {
      is_right = false;
    }
  }
  if (is_right) *at += 1;
  const ss_slice all = ss_buffer_close(&items);
  *result = (value){0, all.data, all.size / sizeof(value)};
  return is_right;
}

static double sum_of(const value *v)
{
  double sum = v->number;
  for (size_t i = 0; v->items && i < v->count; i++) sum += sum_of(&v->items[i]);
  return sum;
}

int main(int argc, char **argv)
{
  const char *text = argc > 1 ? argv[1] : "[1, [2, 3, [4]], [], 5]";
  int status = 1;
  SS_SCOPE {
    value root;
    const char *at = text;
    if (parse(&at, &root) && *skip(at) == '\0') {
      printf("the numbers add up to %g\n", sum_of(&root));
      status = 0;
    } else {
      fprintf(stderr, "parse_json: not an array of numbers, at \"%.20s\"\n", at);
    }
  }
  return status;
}
