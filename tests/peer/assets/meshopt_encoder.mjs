// Encodes what stands on standard input with the reference encoder; folder of the npm package as the argument.
import { readFileSync } from "node:fs";

const loaded = await import(`${process.argv[2]}/meshopt_encoder.js`);
const encoder = loaded.MeshoptEncoder ?? loaded.default.MeshoptEncoder ?? loaded.default; // its form differs by version
await encoder.ready;
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const out = JSON.parse(readFileSync(0, "utf8")).map(({ mode, data, count, stride, filter, bits }) => {
  let source = bytes(data);
  if (filter) source = encoder[`encodeFilter${filter}`](new Float32Array(source.buffer), count, stride, bits);
  return [Buffer.from(encoder.encodeGltfBuffer(source, count, stride, mode)).toString("base64"), Buffer.from(source).toString("base64")];
});
process.stdout.write(JSON.stringify(out));
