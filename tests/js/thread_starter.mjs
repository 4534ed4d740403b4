// SPDX-License-Identifier: MIT
// Has thread_worker.mjs's work done in a thread, in Node.js and in browsers.

/** @returns {(message: any) => Promise<any>} posts a message; resolves with the answer to it */
function asker(port) {
  return (message) =>
    new Promise((resolve, reject) => {
      port.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
      port.postMessage(message);
    });
}

/**
 * @param {string} entry the threads entry's address
 * @param {(port: MessagePort) => void} startThread starts thread_worker.mjs and sends it the port
 * @returns {Function} start(work, shared), which resolves to { result, end } when the work is done
 */
export function starter(entry, startThread) {
  return async (work, shared) => {
    const { port1, port2 } = new MessageChannel();
    startThread(port2);
    const ask = asker(port1);
    const result = await ask({ entry, work, shared });
    const end = async () => {
      await ask("end");
      port1.close();
    };
    return { result, end };
  };
}
