// SPDX-License-Identifier: MIT
// A scene of the visitor's own: editor, frame, address. It is a script of its own, which the page loads when it is
// asked for.
import { createEditor } from "./own_editor.mjs";
import { startFrame } from "./own_frame.mjs";
import { PRESETS } from "./own_presets.mjs";
import { hasCode, readCode, writeCode } from "./own_share.mjs";

/** What bundle.mjs puts here: the worker with all that it imports. @type {string} */
const WORKER = OWN_WORKER;
const EDIT_MS = 400;

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @returns {Promise<{ code: string, problem: string }>} what to begin with */
async function firstCode() {
  const [{ code }] = PRESETS;
  if (!hasCode(location.hash)) return { code, problem: "" };
  try {
    return { code: await readCode(location.hash), problem: "" };
  } catch {
    return { code, problem: "The scene in the address is not whole; this is the first preset. " };
  }
}

/**
 * Shows the editor and runs what is in it.
 * @param {boolean} isStill where motion is unwanted
 * @returns {Promise<{ close: () => void }>}
 */
export async function openOwnScene(isStill) {
  const status = element("own-status");
  const { code, problem } = await firstCode();
  /** @type {{ end: () => void } | undefined} */
  let frame;
  let timer = 0;
  let isOpen = true;

  function say(/** @type {string} */ text, state = "") {
    status.textContent = text;
    status.dataset.state = state;
  }

  function fail(/** @type {number | undefined} */ line, /** @type {string} */ text) {
    editor.mark(line, text);
    say(line ? `Line ${line}: ${text}` : text, "error");
  }

  const onMessage = (/** @type {any} */ message) => {
    if (message.type === "error") fail(message.line, message.text);
    else if (message.type === "stopped") {
      say(
        "Stopped: a frame did not end within 2 seconds. Change the code to try again.",
        "stopped",
      );
    } else {
      const { ms, triangles, used, reserved } = message;
      const kibibytes = Math.round(reserved / 1024);
      say(
        `${ms.toFixed(2)} ms a frame, ${triangles.toLocaleString("en")} triangles; of the second ` +
          `stack ${kibibytes} KiB are reserved, ${used} B in use between frames.`,
        "running",
      );
    }
  };

  function run() {
    frame?.end();
    frame = undefined;
    editor.mark();
    const broken = editor.brokenLine();
    if (broken) return fail(broken, "SyntaxError: this does not parse.");
    say("Starting …", "starting");
    frame = startFrame(element("stage"), WORKER, editor.code, isStill, onMessage);
  }

  async function save() {
    try {
      const hash = await writeCode(editor.code);
      if (isOpen) history.replaceState(null, "", hash);
    } catch (error) {
      say(`The address does not hold this scene: ${error.message}`, "error");
    }
  }

  const editor = createEditor(element("own-editor"), code, () => {
    // What runs is no longer the text in the editor, so it is ended: its errors would be of the old text.
    frame?.end();
    frame = undefined;
    say("Waiting for the end of the edit …", "edited");
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      run();
      save();
    }, EDIT_MS);
  });
  const presets = element("own-presets");
  presets.replaceChildren(
    ...PRESETS.map((preset) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = preset.title;
      button.addEventListener("click", () => (editor.code = preset.code));
      return button;
    }),
  );
  run();
  if (problem) say(problem, "error");
  await save();

  return {
    close() {
      isOpen = false;
      clearTimeout(timer);
      frame?.end();
      element("own-editor").replaceChildren();
      history.replaceState(null, "", location.pathname + location.search);
    },
  };
}
