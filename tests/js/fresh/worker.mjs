// SPDX-License-Identifier: MIT
// A module worker with a stack of its own in the page's memory.
import { createSecondStack } from "secondstack/threads";

addEventListener("message", async ({ data }) => {
  const ss = await createSecondStack({ shared: data });
  const slice = ss.scope().copySlice(Uint32Array, [10, 20, 30]);
  postMessage({ pointer: slice.byteOffset, length: slice.length });
});
