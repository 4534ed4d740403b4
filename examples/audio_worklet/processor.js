// SPDX-License-Identifier: MIT
// The audio thread's half: an AudioWorkletProcessor that has synth.wasm compute each block. A memory and a second stack of
// its own, no locks, no messages while it plays.

/** What the C library would print with. An audio thread prints nothing: "bad file descriptor". */
const refuse = () => 8;

class Synth extends AudioWorkletProcessor {
  constructor({ processorOptions: { module } }) {
    super();
    const { exports } = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: {
        proc_exit: (code) => {
          throw new Error(`synth.wasm ended with code ${code}`);
        },
        fd_close: refuse,
        fd_seek: refuse,
        fd_write: refuse,
      },
      env: { emscripten_notify_memory_growth() {} }, // newer Emscriptens tell of growth
    });
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
