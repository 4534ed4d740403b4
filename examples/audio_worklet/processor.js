// SPDX-License-Identifier: MIT
// The audio thread's half: an AudioWorkletProcessor that has synth.wasm compute each block. It has a memory and a second
// stack of its own, takes no locks, and exchanges no messages while it plays.

/** The module's imports are what the C library would print and exit with, which an audio thread does not. */
function importsOf(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      if (name === "proc_exit") throw new Error("synth.wasm has ended: its memory is full");
      return 8; // "bad file descriptor"
    };
  }
  return imports;
}

class Synth extends AudioWorkletProcessor {
  constructor({ processorOptions: { module } }) {
    super();
    const { exports } = new WebAssembly.Instance(module, importsOf(module));
    exports._initialize();
    this.synth = exports;
    this.samples = new Float32Array(0);
    this.callsAfter = []; // the allocator calls of the first blocks
    this.port.onmessage = () =>
      this.port.postMessage({ early: this.callsAfter, now: exports.allocator_calls() });
  }

  process(_inputs, [channels]) {
    const at = this.synth.render(sampleRate);
    const { buffer } = this.synth.memory;
    // The memory may grow while the stack warms up, which ends the view.
    if (this.samples.buffer !== buffer)
      this.samples = new Float32Array(buffer, at, channels[0].length);
    for (const channel of channels) channel.set(this.samples);
    if (this.callsAfter.length < 4) this.callsAfter.push(this.synth.allocator_calls());
    return true;
  }
}

registerProcessor("synth", Synth);
