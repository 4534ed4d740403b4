// SPDX-License-Identifier: MIT
// Writes a picture as a PNG of at most 256 colours, which has a third of the size of a PNG in true
// colour.
import { deflateSync } from "node:zlib";

const MAX_COLOURS = 256;

/**
 * Chooses colours by median cut: it repeatedly halves the box of colours whose widest channel has
 * the largest weight.
 * @param {Map<number, number>} counts how often each 0xRRGGBB occurs
 * @returns {{ palette: number[][], indexOf: Map<number, number> }}
 */
function choosePalette(counts) {
  const channel = (colour, i) => (colour >> (16 - 8 * i)) & 255;
  const measure = (colours) => {
    let widest = 0;
    let range = -1;
    for (let i = 0; i < 3; i++) {
      let min = 255;
      let max = 0;
      for (const colour of colours) {
        min = Math.min(min, channel(colour, i));
        max = Math.max(max, channel(colour, i));
      }
      if (max - min > range) [widest, range] = [i, max - min];
    }
    const weight = colours.reduce((sum, colour) => sum + counts.get(colour), 0);
    // The weight is the square root so that large uniform areas leave enough colours for small
    // varied ones.
    return { colours, widest, weight, score: range * range * Math.sqrt(weight) };
  };

  const boxes = [measure([...counts.keys()])];
  while (boxes.length < MAX_COLOURS) {
    boxes.sort((a, b) => a.score - b.score);
    if (boxes.at(-1).score === 0) break;
    const { colours, widest, weight } = boxes.pop();
    colours.sort((a, b) => channel(a, widest) - channel(b, widest));
    let split = 0;
    let before = 0;
    while (split < colours.length - 1 && before < weight / 2)
      before += counts.get(colours[split++]);
    boxes.push(measure(colours.slice(0, split)), measure(colours.slice(split)));
  }

  const indexOf = new Map();
  const palette = boxes.map(({ colours, weight }, index) => {
    for (const colour of colours) indexOf.set(colour, index);
    return [0, 1, 2].map((i) =>
      Math.round(colours.reduce((sum, c) => sum + channel(c, i) * counts.get(c), 0) / weight),
    );
  });
  return { palette, indexOf };
}

/** The checksum of PNG, RFC 2083 section 15. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/**
 * Encodes opaque pixels.
 * @param {Uint8Array} rgba 4 bytes a pixel, row by row; alpha is left out
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @returns {Buffer} the file
 */
export function encodePalettePng(rgba, width, height) {
  const colourAt = (i) => (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
  const counts = new Map();
  for (let i = 0; i < width * height; i++) {
    counts.set(colourAt(i), (counts.get(colourAt(i)) ?? 0) + 1);
  }
  const { palette, indexOf } = choosePalette(counts);

  // Each row begins with the number of its filter. Palette indices are best stored without one,
  // which is 0.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = indexOf.get(colourAt(y * width + x));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, no interlace
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("PLTE", Buffer.from(palette.flat())),
    pngChunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}
