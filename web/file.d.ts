// SPDX-License-Identifier: MIT
import type { CreateOptions, SecondStack } from "./secondstack.js";
export type * from "./secondstack.js";

/** Makes a second stack in a memory of its own. It fetches secondstack.wasm from beside the module. */
export function createSecondStack(options?: CreateOptions): Promise<SecondStack>;
