// SPDX-License-Identifier: MIT
// A processor whose samples come from the stack. There is no fetch here, no atob, no URL.
import { scope } from "../../web/secondstack.mjs";

class FromTheStack extends AudioWorkletProcessor {
  process(inputs, [[samples]]) {
    try {
      scope((s) => {
        const ramp = s.uninitSlice(Float32Array, samples.length);
        for (let i = 0; i < ramp.length; i++) ramp[i] = i / ramp.length;
        samples.set(ramp);
      });
    } catch (error) {
      this.port.postMessage(String(error));
    }
    return true;
  }
}

registerProcessor("from-the-stack", FromTheStack);
