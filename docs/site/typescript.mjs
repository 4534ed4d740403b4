// SPDX-License-Identifier: MIT
// Makes the reference of JavaScript from the types in web/, by TypeDoc. Their comments are written as those of
// the headers are, so they are made Markdown by the same code.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, Converter, LogLevel } from "typedoc";
import { commentToMarkdown } from "./comments.mjs";

/**
 * Takes out the tables of parameters and results: the signature above them has their types, and the text below
 * it says what they are.
 * @param {string} markdown
 */
function withoutTables(markdown) {
  return (
    markdown
      .replace(
        /^#+ (?:Type Parameters|Parameters|Returns|Extended by|Overrides)\n[^]*?(?=^#|^\*\*\*$|(?![^]))/gm,
        "",
      )
      .replace(/^(?:\*\*\*|#+ Call Signature|#+ Methods)\n+/gm, "")
      .replace(/^#+ Extends\n\n- (.*)$/gm, "Extends $1.")
      .replace(/^#####(?= )/gm, "####")
      // TypeScript adds this type argument, which says nothing, because it is the only possible one.
      .replaceAll("ArrayBufferView<ArrayBufferLike>", "ArrayBufferView")
  );
}

/**
 * @param {string} file a .d.ts
 * @param {string} title
 * @param {import("./comments.mjs").Places} places
 * @returns {Promise<string>} the page
 */
export async function typescriptPage(file, title, places) {
  const text = readFileSync(file, "utf8");
  const isOwn = (/** @type {string} */ name) =>
    new RegExp(`^export (?:interface|function|type|const) ${name}\\b`, "m").test(text);
  const folder = mkdtempSync(join(tmpdir(), "secondstack-site-"));
  try {
    const options = {
      entryPoints: [file],
      plugin: ["typedoc-plugin-markdown"],
      skipErrorChecking: true,
      // Errors in the types are found by tests/js, so TypeDoc does not look for them.
      compilerOptions: {
        target: "es2022",
        module: "nodenext",
        moduleResolution: "nodenext",
        lib: ["es2022", "dom", "esnext.disposable"],
      },
      readme: "none",
      disableSources: true,
      disableGit: true,
      excludeReferences: true,
      // The order is that of the file, which is written to be read in it.
      sort: ["source-order"],
      groupOrder: ["Functions", "Interfaces", "*"],
      logLevel: LogLevel.Warn,
      out: folder,
      outputFileStrategy: "modules",
      entryFileName: "page",
      hidePageHeader: true,
      hideBreadcrumbs: true,
      hidePageTitle: true,
      useCodeBlocks: true,
      expandObjects: true,
      expandParameters: true,
      parametersFormat: "table",
      interfacePropertiesFormat: "table",
      typeAliasPropertiesFormat: "table",
    };
    const app = await Application.bootstrapWithPlugins(/** @type {any} */ (options));
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
      const { project } = context;
      for (const reflection of Object.values(project.reflections)) {
        // A declaration of another file or interface is described where it is declared.
        const isElsewhere = reflection.parent === project && !isOwn(reflection.name);
        if (isElsewhere || reflection.inheritedFrom) project.removeReflection(reflection);
        if (!reflection.comment) continue;
        // In a comment of one line a label such as "Errors:" follows a sentence; it begins a line of its own here.
        const text = reflection.comment.summary
          .map((part) => part.text)
          .join("")
          .replace(/(?<=\.) (?=(?:Errors|Returns|Units): )/g, "\n");
        reflection.comment.summary = [
          { kind: "text", text: commentToMarkdown(text.split("\n"), { language: "js", places }) },
        ];
      }
    });
    const project = await app.convert();
    if (!project) throw new Error(`TypeDoc does not read ${file}`);
    await app.generateOutputs(project);
    if (app.logger.hasErrors()) throw new Error(`TypeDoc fails on ${file}`);
    return `# ${title}\n\n${withoutTables(readFileSync(join(folder, "page.md"), "utf8"))}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
