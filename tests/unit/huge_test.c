// SPDX-License-Identifier: MIT
// Values far too large for the call stack, up to half a gibibyte. Only the ends are touched: with
// SS_DEBUG=1 all of it would be filled.
// Runs with SS_DEBUG: 0
#include "../check.h"

typedef struct image {
  unsigned char pixels[1024][1024][4];
} image;

typedef struct volume {
  unsigned char cells[1024][1024][512];
} volume;

static void a_value_of_4_mib_works(void)
{
  SS_SCOPE {
    image *a = ss_uninit(image);
    image *b = ss_uninit(image);
    memset(a, 0x41, sizeof *a);
    memset(b, 0x42, sizeof *b);
    CHECK_FILLED(a, 0x41, sizeof *a);
    CHECK_LE_SIZE(2 * sizeof(image), ss_thread_stats().used);
  }
}

static void a_value_of_512_mib_works(void)
{
  SS_SCOPE {
    volume *v = ss_uninit(volume);
    v->cells[0][0][0] = 1;
    v->cells[511][512][256] = 2;
    v->cells[1023][1023][511] = 3;
    CHECK_EQ_INT(v->cells[0][0][0], 1);
    CHECK_EQ_INT(v->cells[511][512][256], 2);
    CHECK_EQ_INT(v->cells[1023][1023][511], 3);
    CHECK_LE_SIZE(ss_thread_stats().reserved, sizeof(volume) + sizeof(volume) / 50);
    int *after = ss_uninit(int);
    *after = 4;
    CHECK_EQ_INT(v->cells[1023][1023][511], 3);
  }
}

static void a_value_too_large_for_the_address_space_is_refused(void)
{
  SS_SCOPE {
    char *outer = memset(ss_uninit_slice(char, 100), 0x21, 100);
    const ss_stats before = ss_thread_stats();
    CHECK_EQ_PTR(ss_try_uninit_slice(volume, SIZE_MAX / sizeof(volume)), NULL);
    CHECK_SAME_STATS(ss_thread_stats(), before);
    CHECK_FILLED(outer, 0x21, 100);
  }
}

TEST_GROUP(huge)
{
  RUN(a_value_of_4_mib_works);
  RUN(a_value_of_512_mib_works);
  RUN(a_value_too_large_for_the_address_space_is_refused);
}
