// SPDX-License-Identifier: MIT
// Has others told when scopes of a stack begin and end. As long as nobody wants to know, scopes are as they are without.

/**
 * @typedef {{ begin?: (scope: any) => void, end: (scope: any) => void }} Watcher `end`: all that the scope has is
 *   still there
 */

/**
 * @param {any} owner a SecondStack
 * @param {Watcher} watcher
 * @returns {() => void} ends it
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
  // For debug_scope.mjs, which knows by the depth whose line the caller's is.
  WatchedScope.prototype._callDepth = 1;
  return Object.assign(WatchedScope, { Plain, watchers });
}
