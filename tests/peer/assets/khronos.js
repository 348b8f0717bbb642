// Standard input: one file name a line. Standard output: one line of JSON with the error codes of each.
const fs = require('fs');
const validator = require(process.argv[2]);
(async () => {
  for (const file of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    let codes;
    try {
      const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { maxIssues: 0 });
      codes = report.issues.messages.filter((m) => m.severity === 0).map((m) => m.code.toLowerCase());
    } catch (error) {
      codes = ['not_gltf'];
    }
    console.log(JSON.stringify([...new Set(codes)]));
  }
})();
