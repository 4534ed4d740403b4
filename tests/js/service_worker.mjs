// SPDX-License-Identifier: MIT
// A service worker that answers for one address below its own folder, with what it has made on the stack.
import { scope } from "../../web/secondstack.mjs";

function answer() {
  const body = scope((s) => {
    const bytes = s.buffer(Uint8Array);
    for (let i = 0; i < 26; i++) bytes.push(97 + i);
    return new TextDecoder().decode(bytes.close());
  });
  const headers = { "Content-Type": "text/plain", "Cross-Origin-Embedder-Policy": "require-corp" };
  return new Response(body, { headers });
}

addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.url.endsWith("/made-on-the-stack")) event.respondWith(answer());
});
