// SPDX-License-Identifier: MIT
// The editor of a visitor's scene: CodeMirror, which shows an error beside its line.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  defaultHighlightStyle,
  syntaxHighlighting,
  ensureSyntaxTree,
  HighlightStyle,
} from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const PARSE_MS = 500;

const darkStyle = HighlightStyle.define([
  { tag: tags.keyword, color: "#c9a6f5" },
  { tag: [tags.string, tags.regexp], color: "#9fd88c" },
  { tag: tags.number, color: "#f0b35e" },
  { tag: tags.comment, color: "#9aa8b7" },
  { tag: tags.function(tags.variableName), color: "#6cbcf0" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "0.78rem", backgroundColor: "var(--card)", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--focus)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--muted)", border: "none" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)" },
});

/**
 * @param {HTMLElement} parent
 * @param {string} code
 * @param {() => void} onEdit
 */
export function createEditor(parent, code, onEdit) {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const view = new EditorView({
    parent,
    doc: code,
    extensions: [
      lineNumbers(),
      lintGutter(),
      history(),
      // Tab leaves the editor, as from any field.
      keymap.of([...defaultKeymap, ...historyKeymap]),
      javascript(),
      syntaxHighlighting(isDark ? darkStyle : defaultHighlightStyle),
      EditorView.contentAttributes.of({ "aria-label": "The scene's JavaScript" }),
      theme,
      EditorView.updateListener.of((update) => update.docChanged && onEdit()),
    ],
  });
  view.scrollDOM.tabIndex = -1;

  return {
    get code() {
      return view.state.doc.toString();
    },
    set code(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    /** The line of the first place that does not parse; 0: there is none. */
    brokenLine() {
      let at = -1;
      // The whole text is parsed, because an unfinished tree ends with an error. Where that takes too long,
      // the error is found when the code runs.
      ensureSyntaxTree(view.state, view.state.doc.length, PARSE_MS)?.iterate({
        enter(node) {
          if (at < 0 && node.type.isError) at = node.from;
          return at < 0;
        },
      });
      return at < 0 ? 0 : view.state.doc.lineAt(at).number;
    },
    /**
     * Shows a message beside its line; without arguments it removes the message.
     * @param {number} [number]
     * @param {string} [message]
     */
    mark(number, message) {
      const diagnostics = [];
      if (number && message && number <= view.state.doc.lines) {
        const { from, to } = view.state.doc.line(number);
        diagnostics.push({ from, to, severity: /** @type {const} */ ("error"), message });
      }
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    focus: () => view.focus(),
  };
}
