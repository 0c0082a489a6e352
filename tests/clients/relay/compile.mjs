// Runs relay-compiler, which looks for its manifest and its schema before it begins.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

rmSync('generated/relay', { recursive: true, force: true });
mkdirSync('generated/relay', { recursive: true });
writeFileSync('generated/relay.json', '{}');
// It reads nothing outside its root.
copyFileSync('../../schema.graphql', 'generated/relay.graphql');
execFileSync('npx', ['relay-compiler', 'relay/relay.config.json'], { stdio: 'inherit' });
// Bundlers find files without their ending, and Node.js does not.
for (const file of readdirSync('generated/relay')) {
  const path = `generated/relay/${file}`;
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^(import .* from '\.\/.*\.graphql)'/gm, "$1.js'"));
}
