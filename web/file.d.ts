// SPDX-License-Identifier: MIT
import type { CreateOptions, SecondStack } from "./secondstack.js";
export type * from "./secondstack.js";

/** Makes a second stack in a memory of its own; secondstack.wasm is fetched from beside the module. */
export function createSecondStack(options?: CreateOptions): Promise<SecondStack>;
