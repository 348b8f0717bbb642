// Standard input: one file name a line. Standard output: one line of JSON with the error codes of each, null where the
// validator itself fell over (it does on some damaged pictures, outside its promise).
const fs = require('fs');
const validator = require(process.argv[2]);
let fellOver = () => {};
process.on('uncaughtException', () => fellOver(null));
(async () => {
  for (const file of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const gaveUp = new Promise((resolve) => { fellOver = resolve; });
    const asked = validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { maxIssues: 0 })
      .then((r) => r.issues.messages.filter((m) => m.severity === 0).map((m) => m.code.toLowerCase()), () => ['not_gltf']);
    const codes = await Promise.race([asked, gaveUp]);
    console.log(JSON.stringify(codes && [...new Set(codes)]));
  }
})();
