// SPDX-License-Identifier: MIT
/// <reference lib="dom" />
import type { SecondStack } from "./secondstack.js";

/** A stack at one moment. The panel has one for each source, whose `read` fills it. */
export interface StackReading {
  /** Bytes live. */
  used: number;
  /** Bytes held. */
  reserved: number;
  /** The most that was live so far. */
  peak: number;
  growths: number;
  bytesCopied: number;
  backingCalls: number;
  /** Of the arrays below, so many are filled, 16 at most: lane by lane, a lane's newest chunk first. */
  chunkCount: number;
  readonly lane: Uint8Array;
  readonly usedBytes: Float64Array;
  readonly roomBytes: Float64Array;
  /** The high-water mark of the chunk's lane. */
  readonly peakBytes: Float64Array;
}

/** A stack that somebody else knows how to read. */
export interface ReadSource {
  readonly name?: string;
  /** Fills in what the stack held where the last frame was fullest. Called for each frame. */
  read(reading: StackReading): void;
}

/** What the panel shows in a row. */
export type PanelSource =
  SecondStack | { readonly name?: string; readonly stack: SecondStack } | ReadSource;

/**
 * `<secondstack-panel>`: where the memory of second stacks goes, frame by frame. Importing `secondstack/panel` defines
 * the element; on a server it does nothing.
 *   document.querySelector("secondstack-panel").sources = [sharedStack()];
 *
 * A frame is what lies between two calls of requestAnimationFrame, and makes no garbage. With the attribute
 * `frames="manual"` the page says when one is over, by `record`, and has it shown, by `show` and `describe`.
 * Styles: the custom properties `--secondstack-lane-0` to `-3`, `-reserved`, `-edge`, `-high`, `-muted`, `-line`, and
 *   the parts bar, pause, strips, key, summary, figures, sites.
 */
export class SecondStackPanel extends HTMLElement {
  /**
   * The stacks that are shown. None at first. Errors: TypeError for what is no source.
   * Scopes of JavaScript are looked at when they end; those of C are not seen in between, so a program of C
   * calls `look` where its stack is full.
   */
  get sources(): readonly PanelSource[];
  set sources(sources: Iterable<PanelSource>);
  /** Whether it stands still. The element's button changes it, too. */
  paused: boolean;
  /** Keeps what the stacks hold now, if that is more than before in this frame. */
  look(): void;
  /** Ends a frame: a column of the strips, and the figures. For `frames="manual"`. */
  record(): void;
  /** Draws what was recorded. For `frames="manual"`. */
  show(): void;
  /** Says it in figures and words: a few times a second. For `frames="manual"`. */
  describe(): void;
  /** Forgets the frames so far. */
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "secondstack-panel": SecondStackPanel;
  }
}
