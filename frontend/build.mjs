// Builds the pages into src/overflight/web/pages/static: `node build.mjs [--watch]`.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/overflight/web/pages/static");
const watching = process.argv.includes("--watch");

async function hashed(from, name, extension) {
  const bytes = await readFile(from);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const file = `${name}-${digest}${extension}`;
  await copyFile(from, join(out, file));
  return file;
}

// Whatever the page loads carries the digest of its content in its name, so that it may be cached
// for ever; only index.html, which names them, may not.
async function index(result) {
  const outputs = Object.entries(result.metafile.outputs);
  const entry = outputs.find(([, o]) => o.entryPoint?.endsWith("main.tsx"));
  const script = entry[0].split("/").pop();
  const style = entry[1].cssBundle.split("/").pop();
  const template = await readFile(join(here, "src/index.html"), "utf-8");
  const page = template.replace("{{script}}", script).replace("{{style}}", style);
  await writeFile(join(out, "index.html"), page.replace("{{ahead}}", ""));
  // One document a page: it names all that the page will import, so that nothing is found late.
  for (const [file, output] of outputs) {
    const name = /src\/pages\/(\w+)\/index\.tsx$/.exec(output.entryPoint ?? "")?.[1];
    if (!name) continue;
    const links = [...needed(result.metafile.outputs, [entry[0], file])]
      .map((path) => `<link rel="modulepreload" href="/static/${path.split("/").pop()}">`);
    await writeFile(join(out, `${name}.html`), page.replace("{{ahead}}", links.join("\n    ")));
  }
}

function needed(outputs, from, found = new Set()) {
  for (const file of from) {
    if (found.has(file)) continue;
    found.add(file);
    const more = outputs[file].imports.filter((i) => i.kind === "import-statement" && !i.external);
    needed(outputs, more.map((i) => i.path), found);
  }
  return found;
}

/** What is long goes over the line packed; packed once, here. */
async function pack() {
  for (const file of await readdir(out)) {
    if (!/\.(js|mjs|css|json)$/.test(file)) continue;
    const bytes = await readFile(join(out, file));
    if (bytes.length > 4096) await writeFile(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const borderFile = await hashed(join(here, "made/borders.json"), "borders", ".json");
const nameFile = await hashed(join(here, "made/names.json"), "names", ".json");
const modules = join(here, "node_modules");
const worker = await hashed(
  join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs"), "map-worker", ".mjs",
);
await copyFile(join(here, "src/icon.svg"), join(out, "icon.svg"));

const options = {
  entryPoints: [join(here, "src/main.tsx")],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: !watching,
  sourcemap: watching,
  metafile: true,
  legalComments: "linked",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  define: {
    BORDERS: JSON.stringify(`/static/${borderFile}`),
    NAMES: JSON.stringify(`/static/${nameFile}`),
    MAP_WORKER: JSON.stringify(`/static/${worker}`),
  },
  logLevel: "warning",
  plugins: [{
    name: "index",
    setup: (build) => build.onEnd((result) => (result.errors.length ? undefined : index(result))),
  }],
};
if (watching) {
  const context = await esbuild.context(options);
  await context.watch();
  console.log("watching");
} else {
  const result = await esbuild.build(options);
  await pack();
  const first = Object.values(result.metafile.outputs).reduce((sum, o) => sum + o.bytes, 0);
  console.log(`pages: ${(first / 1e6).toFixed(2)} MB of script and style`);
}
