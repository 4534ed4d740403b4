// SPDX-License-Identifier: MIT
// Texts that a program makes of what SS_PROFILE=1 counts: see profile_text.c.

/**
 * @param {any} owner a SecondStack
 * @param {"ss_js_report" | "ss_js_trace"} call
 * @returns {string | undefined} undefined: the program does not count, or has no memory
 */
export function textOf(owner, call) {
  const { _calls, _stack } = owner;
  const at = _calls[call]?.(_stack) >>> 0;
  if (at === 0) return undefined;
  // The memory may have grown.
  owner._refresh();
  owner._reach(at + 1);
  const bytes = owner._bytes;
  // A copy: TextDecoder takes nothing that is shared.
  const text = new TextDecoder().decode(bytes.slice(at, bytes.indexOf(0, at)));
  _calls.ss_js_text_free(at);
  return text;
}
