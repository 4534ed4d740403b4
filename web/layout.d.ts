// SPDX-License-Identifier: MIT
import type { BufferOptions, Scope } from "./secondstack.js";

/**
 * Number types of 32, 16 and 8 bits, each repeated until the attribute fills whole 32-bit words. unorm: numbers from
 * 0 to 1; snorm: numbers from -1 to 1.
 */
export type Format =
  | `${"f32" | "u32" | "i32"}${"" | "x2" | "x3" | "x4"}`
  | `${"f16" | "u16" | "i16" | "unorm16" | "snorm16"}${"x2" | "x4"}`
  | `${"u8" | "i8" | "unorm8" | "snorm8"}x4`;

/** An attribute, with the properties that vertexAttribPointer and a GPUVertexAttribute take. */
export interface Attribute {
  readonly name: string;
  /** The name of the format in WebGPU. */
  readonly format: string;
  /** In bytes, within a vertex. */
  readonly offset: number;
  /** How many values the attribute has. */
  readonly size: number;
  /** WebGL's constant, such as gl.FLOAT. */
  readonly type: number;
  readonly normalized: boolean;
  /** Whether the shader reads integers, which WebGL sets up by vertexAttribIPointer. */
  readonly isInteger: boolean;
}

/** The location of each attribute in a shader; -1 for an attribute that the shader does not use. */
export type Locations<Names extends string> = { readonly [Name in Names]?: number };

/** The methods of a WebGL2RenderingContext that point() calls. */
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

/** A buffer of vertices that is still growing. What is not described here is as in a SliceBuffer. */
export interface VertexBuffer {
  /**
   * Writes one vertex: the values of its attributes one after the other, all of them numbers.
   *
   * Units: values of unorm formats are clamped to 0 to 1, those of snorm formats to -1 to 1; values
   *   of integer formats wrap around as in a typed array.
   * Returns: how many vertices there are now.
   * Errors: as `push` of a SliceBuffer, and TypeError if the values are not `valueCount` many.
   */
  push(...values: number[]): number;
  /** Copies packed vertices. Errors: RangeError if the bytes are not a whole number of vertices. */
  append(source: ArrayBufferView): number;
  /** Makes room for `count` vertices. Returns: a view of their bytes, to be filled. */
  extend(count: number): Uint8Array;
  reserve(count: number): void;
  truncate(length: number): void;
  /** The bytes of what has been written so far. */
  view(): Uint8Array;
  /** Closes the buffer. Returns: a view of exactly the bytes that were written. */
  close(): Uint8Array;
  /** How many vertices have been written. */
  readonly length: number;
}

export interface Layout<Names extends string = string> {
  /** In the order in which `layout` was given them. */
  readonly attributes: readonly Attribute[];
  /** The bytes of one vertex: vertices are packed without gaps. */
  readonly stride: number;
  /** How many numbers a push takes. */
  readonly valueCount: number;
  /** Opens a buffer of such vertices in a scope. Errors: as `buffer` of a scope. */
  buffer(scope: Scope, options?: BufferOptions): VertexBuffer;
  /**
   * Enables the attributes and points them into the buffer that is bound to gl.ARRAY_BUFFER, those
   * of integers by vertexAttribIPointer.
   *
   * Units: `offset` is where the first vertex lies in that buffer, in bytes.
   */
  point(gl: PointableContext, locations: Locations<Names>, offset?: number): void;
  /** This layout, as an entry of `vertex.buffers` of a WebGPU render pipeline. stepMode: "vertex" by default. */
  webgpu(
    locations: Locations<Names>,
    options?: { stepMode?: "vertex" | "instance" },
  ): VertexBufferLayout;
}

/**
 * Makes a layout from the attributes of a vertex.
 *   const vertex = layout({ position: "f32x3", colour: "unorm8x4" });
 *
 * Errors: TypeError for an attribute whose format does not exist; the message names the attribute.
 */
export function layout<Names extends string>(attributes: {
  readonly [Name in Names]: Format;
}): Layout<Names>;
