// SPDX-License-Identifier: MIT
// Threads need a page that is isolated from other origins.
const headers = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

export default {
  server: { headers },
  // While developing, Vite before 8 moves packages away from the files beside them.
  optimizeDeps: { exclude: ["secondstack"] },
};
