// Bundles the browser client into dist/. Committed, so that a clone needs no Node.
import { build } from "esbuild";

await build({
  entryPoints: ["src/viewer.js", "src/operator.js", "src/media_worker.js", "src/ring_worklet.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome94", "safari16.4", "firefox130"],
  legalComments: "linked",
  outdir: "dist",
});
