// Bundles the GraphiQL page: `npm run build -- --outdir=DIR` (default: dist).
// DIR then holds index.html and assets/, which need nothing from any other host.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } });
const outdir = path.resolve(args.outdir);
process.chdir(import.meta.dirname);

// Every asset carries a hash of its content in its name, so that browsers may keep it for ever.
const shared = {
  absWorkingDir: import.meta.dirname,
  outdir: path.join(outdir, 'assets'),
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: 'none', // licenses.txt has the notices in full
  logLevel: 'warning',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  define: { 'process.env.NODE_ENV': '"production"' },
};

const css = {
  name: 'css',
  setup({ onLoad, onResolve }) {
    // graphiql/style.css already holds the editor's style sheets.
    onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: '', loader: 'css' }));

    // As files, fonts load only when a page needs their letters, and the
    // content security policy need not allow them as data: URLs.
    onResolve({ filter: /^data:font\/\w+;base64,/ }, ({ path: url }) => ({
      path: `font.${url.match(/\w+(?=;)/)[0]}`,
      suffix: `?${createHash('sha256').update(url).digest('hex')}`,
      namespace: 'font',
      pluginData: url,
    }));
    onLoad({ filter: /./, namespace: 'font' }, ({ pluginData: url }) => ({
      contents: Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
      loader: 'file',
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
await mkdir(shared.outdir, { recursive: true });

const workers = await build({
  ...shared,
  format: 'iife',
  entryPoints: {
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
});
const page = await build({
  ...shared,
  format: 'esm',
  entryPoints: { graphiql: 'src/main.jsx', icon: 'src/icon.svg' },
  loader: { '.svg': 'copy' },
  jsx: 'automatic',
  plugins: [css],
  define: {
    ...shared.define,
    EXAMPLES: JSON.stringify(await examples()),
    WORKERS: JSON.stringify(outputs(workers, /^(\w+)\.worker-/)),
  },
});
await writeHtml({
  ...outputs(page, /^(?:graphiql|icon)-\w+\.(\w+)$/),
  txt: await writeLicenses({ ...workers.metafile.inputs, ...page.metafile.inputs }),
});

/** The documents of `examples/` in the order of their names, as GraphiQL's tabs. */
async function examples() {
  const names = (await readdir('examples')).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const document = path.join('examples', name);
      const variables = document.replace(/\.graphql$/, '.variables.json');
      return {
        query: await readFile(document, 'utf8'),
        variables: (await readFile(variables, 'utf8').catch(() => '')).trim(),
      };
    }),
  );
}

/** The written files whose name matches, by what the pattern's group caught. */
function outputs({ metafile }, pattern) {
  const names = Object.keys(metafile.outputs).map((file) => path.basename(file));
  return Object.fromEntries(
    names.flatMap((name) => (pattern.test(name) ? [[name.match(pattern)[1], name]] : [])),
  );
}

async function writeHtml(names) {
  const template = await readFile('src/index.html', 'utf8');
  const html = template.replace(/\{(\w+)\}/g, (_, kind) => names[kind]);
  await writeFile(path.join(outdir, 'index.html'), html);
}

/** The licences of the bundled packages ask that their text goes along with the code. */
async function writeLicenses(inputs) {
  const folders = Object.keys(inputs).map((file) => file.match(/.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0]);
  const notices = await Promise.all([...new Set(folders)].filter(Boolean).sort().map(notice));
  const text = notices.join(`\n${'-'.repeat(80)}\n\n`);
  const name = `licenses-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.txt`;
  await writeFile(path.join(shared.outdir, name), text);
  return name;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(path.join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
