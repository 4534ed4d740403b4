// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";

export default {
  mode: "production",
  entry: "./app.mjs",
  output: { path: fileURLToPath(new URL("webpack-out", import.meta.url)), filename: "app.js" },
};
