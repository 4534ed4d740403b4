// SPDX-License-Identifier: MIT
// How the panel looks. A page sets the custom properties --secondstack-*, and styles what is inside by ::part.
//
// The lanes have colours of Okabe and Ito's palette, which colour-blind people can tell apart; the lightness differs, too.
const colours = (/** @type {Record<string, string>} */ values) =>
  Object.entries(values)
    .map(([name, value]) => `--_${name}:var(--secondstack-${name},${value});`)
    .join("");

const LIGHT = colours({
  "lane-0": "#0072b2",
  "lane-1": "#e69f00",
  "lane-2": "#009e73",
  "lane-3": "#cc79a7",
  reserved: "#e6eaef",
  edge: "#8a96a3",
  high: "#17202b",
  muted: "#55616f",
  line: "#dfe4ea",
});
const DARK = colours({
  "lane-0": "#56b4e9",
  "lane-1": "#e69f00",
  "lane-2": "#14b88a",
  "lane-3": "#d894b8",
  reserved: "#1d2631",
  edge: "#5b6977",
  high: "#e4ebf3",
  muted: "#9aa8b7",
  line: "#222b36",
});

const text = `
:host{display:grid;gap:.5rem;font:13px/1.4 system-ui,sans-serif;${LIGHT}}
:host([hidden]){display:none}
@media (prefers-color-scheme:dark){:host{${DARK}}}
*{box-sizing:border-box}
p,ul,dl,dd{margin:0;padding:0}
button{font:inherit}
[part=strips]{display:flex;flex-direction:column;gap:.3rem;height:8rem}
.strip{display:grid;flex:1;grid-template-columns:7.6rem minmax(0,1fr);align-items:end;min-height:0;
border-bottom:1px solid var(--_line);color:var(--_muted);font-size:12px;line-height:1.3}
.strip span{overflow:hidden;max-height:100%;white-space:nowrap}
.strip b{display:block;color:var(--_high);font-weight:400;font-variant-numeric:tabular-nums}
.strip:nth-last-child(n+4) b,.strip:nth-last-child(n+4)~.strip b{display:inline;margin-left:.4rem}
.strip canvas{align-self:stretch;width:100%;height:100%;min-height:0}
[part=key]{display:flex;flex-wrap:wrap;gap:.1rem .8rem;list-style:none;color:var(--_muted);font-size:12px}
li::before{content:"";display:inline-block;width:.7em;height:.7em;margin-right:.35em;
background:var(--swatch);border:1px solid var(--_line)}
[part=figures]{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.1rem 1.5rem}
[part=figures] div{display:flex;justify-content:space-between}
dt{color:var(--_muted)}
dd,td{font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;margin-top:.3rem}
th,td{padding:.05rem 0 .05rem .5rem;font-weight:400;text-align:right;white-space:nowrap}
th:first-child{padding-left:0;text-align:left;white-space:normal;overflow-wrap:anywhere}
thead th{color:var(--_muted)}
`;

/** @type {CSSStyleSheet | undefined} */
let shared;

/** Gives a shadow root its styles, where possible in a way that a strict CSP allows. @param {ShadowRoot} root */
export function sheet(root) {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    if (!shared) (shared = new CSSStyleSheet()).replaceSync(text);
    root.adoptedStyleSheets = [shared];
  } else {
    // Safari before 16.4 cannot construct style sheets.
    /** @type {any} */ (root).appendChild(document.createElement("style")).textContent = text;
  }
}
