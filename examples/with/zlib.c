// SPDX-License-Identifier: MIT
// zlib: twenty messages of some kilobytes are packed and unpacked. Each stream has a few large blocks, which zlib frees in
// the order in which it made them.
//
//   cc -I ../../include zlib.c ../../src/*.c -pthread -lz && ./a.out
#include "with.h"
#include <zlib.h>

static void *plain_alloc(void *opaque, unsigned count, unsigned size)
{
  (void)opaque;
  return with_malloc((size_t)count * size);
}

static void plain_free(void *opaque, void *block)
{
  (void)opaque;
  with_free(block);
}

static void set_hooks(z_stream *stream, ss_adapter *scratch)
{
  memset(stream, 0, sizeof *stream);
  stream->zalloc = scratch ? ss_adapt_zlib_alloc : plain_alloc;  // glue
  stream->zfree = scratch ? ss_adapt_free : plain_free;          // glue
  stream->opaque = scratch;                                      // glue
}

static void pack_and_unpack(with_output *out, ss_adapter *scratch)
{
  static unsigned char text[16384], packed[20000], unpacked[16384];
  for (unsigned message = 0; message < 20; message++) {
    const unsigned size = 1000 + message * 700;
    for (unsigned i = 0; i < size; i++)
      text[i] = (unsigned char)("etaoin shrdlu"[(i * i / (7 + message) + i / 11) % 13]);
    z_stream stream;
    set_hooks(&stream, scratch);
    if (deflateInit(&stream, 6) != Z_OK) return;
    stream.next_in = text, stream.avail_in = size;
    stream.next_out = packed, stream.avail_out = sizeof packed;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return;
    const size_t packed_size = stream.total_out;
    deflateEnd(&stream);
    with_write(out, packed, packed_size);

    set_hooks(&stream, scratch);
    if (inflateInit(&stream) != Z_OK) return;
    stream.next_in = packed, stream.avail_in = (unsigned)packed_size;
    stream.next_out = unpacked, stream.avail_out = sizeof unpacked;
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END) return;
    with_write(out, unpacked, stream.total_out);
    inflateEnd(&stream);
  }
}

int main(int argc, char **argv)
{
  return with_main(argc, argv, "zlib", pack_and_unpack);
}
