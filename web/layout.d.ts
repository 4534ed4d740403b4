// SPDX-License-Identifier: MIT
import type { BufferOptions, Scope } from "./secondstack.js";

/** Kinds of 32, 16 and 8 bits, as often as fills whole words. norm: numbers from 0 or -1 to 1. */
export type Format =
  | `${"f32" | "u32" | "i32"}${"" | "x2" | "x3" | "x4"}`
  | `${"f16" | "u16" | "i16" | "unorm16" | "snorm16"}${"x2" | "x4"}`
  | `${"u8" | "i8" | "unorm8" | "snorm8"}x4`;

/** An attribute, in the words of vertexAttribPointer and of a GPUVertexAttribute. */
export interface Attribute {
  readonly name: string;
  /** As WebGPU calls it. */
  readonly format: string;
  /** In bytes, within a vertex. */
  readonly offset: number;
  /** How many values. */
  readonly size: number;
  /** WebGL's constant, such as gl.FLOAT. */
  readonly type: number;
  readonly normalized: boolean;
  /** Whether a shader sees whole numbers: vertexAttribIPointer. */
  readonly isInteger: boolean;
}

/** Where a shader has its attributes; -1 for one that it does not use. */
export type Locations<Names extends string> = { readonly [Name in Names]?: number };

/** What point() calls of a WebGL2RenderingContext. */
export interface PointableContext {
  enableVertexAttribArray(location: number): void;
  vertexAttribPointer(
    location: number,
    size: number,
    type: number,
    normalized: boolean,
    stride: number,
    offset: number,
  ): void;
  vertexAttribIPointer(
    location: number,
    size: number,
    type: number,
    stride: number,
    offset: number,
  ): void;
}

/** A GPUVertexBufferLayout. */
export interface VertexBufferLayout {
  arrayStride: number;
  stepMode: "vertex" | "instance";
  attributes: { format: any; offset: number; shaderLocation: number }[];
}

/** A buffer of vertices that is still growing. What is not told here is as of a SliceBuffer. */
export interface VertexBuffer {
  /**
   * Writes one vertex: the values of its attributes one after the other, numbers all of them.
   *
   * Units: norm values are from 0 or -1 to 1, what is beyond is cut off; whole numbers wrap around as
   *   in a typed array.
   * Returns: how many vertices there are now.
   * Errors: as `push` of a SliceBuffer, and TypeError for another number of values.
   */
  push(...values: number[]): number;
  /** Copies vertices that are packed already. Errors: RangeError for bytes that are no whole vertices. */
  append(source: ArrayBufferView): number;
  /** Room for `count` vertices: a view of their bytes. */
  extend(count: number): Uint8Array;
  reserve(count: number): void;
  truncate(length: number): void;
  /** The bytes of what has been written so far. */
  view(): Uint8Array;
  /** Ends the growth. Returns: the bytes of exactly what was written. */
  close(): Uint8Array;
  /** Vertices written. */
  readonly length: number;
}

export interface Layout<Names extends string = string> {
  /** In their order. */
  readonly attributes: readonly Attribute[];
  /** Bytes from one vertex to the next, without gaps. */
  readonly stride: number;
  /** How many numbers a push takes. */
  readonly valueCount: number;
  /** Opens a buffer of such vertices in a scope. Errors: as `buffer` of a scope. */
  buffer(scope: Scope, options?: BufferOptions): VertexBuffer;
  /**
   * Enables the attributes and points them into the buffer that is bound to gl.ARRAY_BUFFER; whole
   * numbers by vertexAttribIPointer.
   *
   * Units: `offset` in bytes, of the first vertex in that buffer.
   */
  point(gl: PointableContext, locations: Locations<Names>, offset?: number): void;
  /** What a WebGPU render pipeline wants to know of it. stepMode: "vertex" by default. */
  webgpu(
    locations: Locations<Names>,
    options?: { stepMode?: "vertex" | "instance" },
  ): VertexBufferLayout;
}

/**
 * Says what a vertex is made of.
 *   const vertex = layout({ position: "f32x3", colour: "unorm8x4" });
 *
 * Errors: TypeError that names an attribute whose format is none.
 */
export function layout<Names extends string>(attributes: {
  readonly [Name in Names]: Format;
}): Layout<Names>;
