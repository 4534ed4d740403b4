// SPDX-License-Identifier: MIT
// Calls watchers when scopes of a stack begin and end. A stack without watchers has the usual class of scopes, so that
// watching costs nothing where it is not used.

/**
 * @typedef {{ begin?: (scope: any) => void, end: (scope: any) => void }} Watcher `end` is called before the scope's
 *   memory is released
 */

/**
 * @param {any} owner a SecondStack
 * @param {Watcher} watcher
 * @returns {() => void} removes the watcher
 */
export function watchScopes(owner, watcher) {
  const Plain = owner._Scope.Plain ?? owner._Scope;
  /** @type {Watcher[]} */
  const watchers = owner._Scope.watchers ?? [];
  watchers.push(watcher);
  if (watchers.length === 1) owner._Scope = watched(Plain, watchers);
  return () => {
    const at = watchers.indexOf(watcher);
    if (at >= 0) watchers.splice(at, 1);
    if (watchers.length === 0) owner._Scope = Plain;
  };
}

/** @param {any} Plain @param {Watcher[]} watchers */
function watched(Plain, watchers) {
  class WatchedScope extends Plain {
    constructor(owner) {
      super(owner);
      for (let i = 0; i < watchers.length; i++) watchers[i].begin?.(this);
    }

    _end() {
      for (let i = 0; i < watchers.length; i++) watchers[i].end(this);
      super._end();
    }
  }
  // debug_scope.mjs finds the line of the user's code in a stack trace by this depth.
  WatchedScope.prototype._callDepth = 1;
  return Object.assign(WatchedScope, { Plain, watchers });
}
