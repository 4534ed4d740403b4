// SPDX-License-Identifier: MIT
// Importing this module makes every stack that is created afterwards look for misuse, unless the
// stack's option `debug` is false.
import "./debug_scope.mjs";
import { debugging } from "./scopes.mjs";

debugging.isDefault = true;
