// SPDX-License-Identifier: MIT
// A page of classic scripts, under a strict Content-Security-Policy. Run by package.test.mjs.
(async () => {
  try {
    const { createSecondStack, layout, scope } = secondstack;
    const atOnce = scope((s) => s.copySlice(Uint8Array, [1, 2]).reduce((a, b) => a + b));
    let said = 0;
    console.error = () => said++;
    const ss = await createSecondStack({ debug: true });
    const own = ss.scope((s) => {
      s.buffer(Uint8Array);
      return s.copySlice(Uint8Array, [1, 2, 3]).reduce((a, b) => a + b);
    });
    const vertex = layout({ position: "f32x3", colour: "unorm8x4" });
    const bytes = scope((s) => {
      const vertices = vertex.buffer(s);
      vertices.push(1, 2, 3, 1, 1, 1, 1);
      vertices.push(4, 5, 6, 1, 1, 1, 1);
      return vertices.close().length;
    });
    window.result = { atOnce, own, bytes, said };
  } catch (error) {
    window.result = { error: String(error?.stack ?? error) };
  }
})();
