// SPDX-License-Identifier: MIT
// Importing this has every stack that is made afterwards look for misuse, unless it is told not to.
import "./debug_scope.mjs";
import { debugging } from "./scopes.mjs";

debugging.isDefault = true;
