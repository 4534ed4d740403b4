// SPDX-License-Identifier: MIT
// Fetches the texts in which a program says what SS_PROFILE=1 has counted: see profile_text.c.

/**
 * @param {any} owner a SecondStack
 * @param {"ss_js_report" | "ss_js_trace"} call
 * @returns {string | undefined} undefined if the program counts nothing, or has no memory left for the text
 */
export function textOf(owner, call) {
  const { _calls, _stack } = owner;
  const at = _calls[call]?.(_stack) >>> 0;
  if (at === 0) return undefined;
  // The call may have grown the memory.
  owner._refresh();
  owner._reach(at + 1);
  const bytes = owner._bytes;
  // The bytes are copied, because TextDecoder refuses shared memory.
  const text = new TextDecoder().decode(bytes.slice(at, bytes.indexOf(0, at)));
  _calls.ss_js_text_free(at);
  return text;
}
