// SPDX-License-Identifier: MIT
/// <reference lib="dom" />
import type { SecondStack } from "./secondstack.js";

/** What a stack holds at one moment. The panel keeps one such object for each source. */
export interface StackReading {
  /** Bytes in use. */
  used: number;
  /** Bytes held from the heap, in use or not. */
  reserved: number;
  /** The most bytes that were in use since the stack was last trimmed. */
  peak: number;
  growths: number;
  bytesCopied: number;
  backingCalls: number;
  /** How many entries of the arrays below are filled, 16 at most: lane by lane, a lane's newest chunk first. */
  chunkCount: number;
  readonly lane: Uint8Array;
  readonly usedBytes: Float64Array;
  readonly roomBytes: Float64Array;
  /** The high-water mark of the chunk's lane. */
  readonly peakBytes: Float64Array;
}

/** A stack that is read by a function of the page's own. */
export interface ReadSource {
  readonly name?: string;
  /** Fills in what the stack held where the last frame was fullest. Called for each frame. */
  read(reading: StackReading): void;
}

/** What one row of the panel shows. */
export type PanelSource =
  SecondStack | { readonly name?: string; readonly stack: SecondStack } | ReadSource;

/**
 * `<secondstack-panel>` shows what second stacks hold, frame by frame. Importing `secondstack/panel` defines the element;
 * on a server the import does nothing.
 *   document.querySelector("secondstack-panel").sources = [sharedStack()];
 *
 * A frame is the time between two callbacks of requestAnimationFrame; the panel makes no garbage in it. With the attribute
 * `frames="manual"` the page itself calls `record` when a frame is over, and `show` and `describe` to have it shown.
 * Styles: the custom properties `--secondstack-lane-0` to `-3`, `-reserved`, `-edge`, `-high`, `-muted`, `-line`, and
 *   the parts bar, pause, strips, key, summary, figures, sites.
 */
export class SecondStackPanel extends HTMLElement {
  /**
   * The stacks that are shown; none at first. Errors: TypeError for an entry that is not a PanelSource.
   * The panel reads a stack whenever a scope of JavaScript ends. It does not notice scopes of C, so a page whose C
   * code uses the stack calls `look` where the stack is fullest.
   */
  get sources(): readonly PanelSource[];
  set sources(sources: Iterable<PanelSource>);
  /** Whether the panel is paused. Its button changes this, too. */
  paused: boolean;
  /** Reads the stacks now. Of each, the reading with the most bytes in use is kept until the frame ends. */
  look(): void;
  /** Ends a frame: adds a column to each strip and updates the figures. For `frames="manual"`. */
  record(): void;
  /** Draws the columns that were recorded. For `frames="manual"`. */
  show(): void;
  /** Writes the figures and the summary; a few times a second is enough. For `frames="manual"`. */
  describe(): void;
  /** Forgets the frames so far. */
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "secondstack-panel": SecondStackPanel;
  }
}
