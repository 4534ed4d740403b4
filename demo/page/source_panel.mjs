// SPDX-License-Identifier: MIT
// The panel with the lines that matter of the present scene: those that open, push, close, upload and
// release, in C as they were compiled and in JavaScript.

/** What bundle.mjs puts here. @type {Record<string, import("../lines.mjs").SceneLines>} */
// eslint-disable-next-line no-undef
const LINES = SCENE_LINES;

/** The library's calls, and the uploads. */
const CALLS =
  /\b(?:ss_(?:save|restore|uninit_slice|buffer_open|buffer_close|push|extend|trim|gl_buffer_data)|scope|(?:\w+\.)?(?:buffer|uninitSlice|push|append|close|bufferData|trim))(?=\()/;
const COMMENT = /\s*\/\/.*$/;

/**
 * @param {HTMLElement} code
 * @param {string} line
 */
function addLine(code, line) {
  const comment = COMMENT.exec(line)?.[0] ?? "";
  const statement = line.slice(0, line.length - comment.length);
  if (CALLS.test(statement)) {
    const indent = statement.length - statement.trimStart().length;
    code.append(statement.slice(0, indent));
    code.appendChild(document.createElement("mark")).textContent = statement.slice(indent);
  } else code.append(statement);
  if (comment) code.appendChild(document.createElement("i")).textContent = comment;
  code.append("\n");
}

/** @param {import("../lines.mjs").Piece} piece */
function pieceElement({ file, line, title, text }) {
  const piece = document.createElement("section");
  const heading = piece.appendChild(document.createElement("h3"));
  heading.append(`${title[0].toUpperCase()}${title.slice(1)} `);
  const link = heading.appendChild(document.createElement("a"));
  link.href = `dist/source/${file}.txt`;
  link.target = "_blank";
  link.textContent = `${file}:${line}`;
  link.title = "The whole file";
  const pre = piece.appendChild(document.createElement("pre"));
  // Lines may be wider than the panel, and an element that has the focus can be scrolled by the keyboard.
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", `${file}, ${title}`);
  const code = pre.appendChild(document.createElement("code"));
  for (const one of text.split("\n")) addLine(code, one);
  return piece;
}

/** @returns {{ show: (scene: string) => void }} */
export function createSourcePanel() {
  const holder = /** @type {HTMLElement} */ (document.getElementById("lines-text"));
  const buttons = {
    c: /** @type {HTMLElement} */ (document.getElementById("lines-c")),
    js: /** @type {HTMLElement} */ (document.getElementById("lines-js")),
  };
  /** @type {"c" | "js"} */
  let language = "c";
  let scene = "";

  function fill() {
    for (const [name, button] of Object.entries(buttons)) {
      button.setAttribute("aria-pressed", String(name === language));
    }
    holder.replaceChildren(...LINES[scene][language].map(pieceElement));
  }

  for (const name of /** @type {("c" | "js")[]} */ (Object.keys(buttons))) {
    buttons[name].addEventListener("click", () => {
      language = name;
      fill();
    });
  }
  return {
    show(name) {
      if (name === scene) return;
      scene = name;
      fill();
    },
  };
}
