// The documents are true about the house: what they name exists. A path is whatever stands in backticks and looks like
// one; in docs/ARCHITECTURE.md a bare file name lies in the folder of the heading above it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApiRoutes } from '../../../src/server/api-routes.ts';
import { NO_TOOLS } from '../../support/no-tools.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DOCUMENTS = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md'] as const;
/** Made at the first start or by a reader, not part of the repository. */
const MADE_LATER = /^(data|dist|keys|node_modules|test-results)(\/|$)|^(pass|trust|receipt|issuer-key)\.\w+$/;
const FILE_NAME = /^(?!-)[\w./-]*[\w-]\.(ts|tsx|mjs|css|html|json|md|grit|webmanifest|png)$/;
const FOLDER = /^(src|test|docs|public|\.ci)(\/[\w.-]+)*$/;

const readDocument = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const exists = (path: string) => statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;

/** What stands in backticks, with the folder of the heading above; blocks of code are left out. */
function quoted(document: string): readonly { readonly text: string; readonly folder: string }[] {
  const found: { text: string; folder: string }[] = [];
  let folder = '';
  for (const line of document.replace(/^```[\s\S]*?^```/gm, '').split('\n')) {
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    if (heading !== undefined) folder = FOLDER.test(heading) ? heading : '';
    for (const [, text = ''] of line.matchAll(/`([^`]+)`/g)) found.push({ text, folder });
  }
  return found;
}

function pathsIn(document: string): readonly string[] {
  const paths = quoted(document).flatMap(({ text, folder }) => {
    if (MADE_LATER.test(text) || text.includes(' ')) return [];
    if (FOLDER.test(text)) return [text];
    if (!FILE_NAME.test(text)) return [];
    return [exists(text) || text.includes('/') ? text : join(folder, text)];
  });
  return [...new Set(paths)];
}

const linksIn = (path: string): readonly string[] =>
  [...readDocument(path).matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

describe.each(DOCUMENTS)('%s', (path) => {
  it('names paths that exist', () => {
    const paths = pathsIn(readDocument(path));
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((named) => !exists(named))).toEqual([]);
  });

  it('links to files and headings that exist', () => {
    const broken = linksIn(path).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const at = file === '' ? path : join(dirname(path), file);
      return !exists(at) || (anchor !== undefined && !anchorsOf(at).has(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
    const named = [...readDocument(path).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)];
    expect(named.map(([, run, short]) => run ?? short ?? '').filter((name) => !(name in scripts))).toEqual(
      [],
    );
  });
});

/** As GitHub makes them of headings. */
const anchorsOf = (path: string): ReadonlySet<string> =>
  new Set(
    [...readDocument(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

describe('docs/ARCHITECTURE.md', () => {
  const headings = new Set(
    [...readDocument('docs/ARCHITECTURE.md').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading),
  );

  it('has a heading for every folder of the sources', () => {
    expect(foldersUnder('src').filter((folder) => !headings.has(folder))).toEqual([]);
  });

  it('lists every route of the server, and no other', () => {
    const api = createApiRoutes(NO_TOOLS).rows.map(({ method, path }) => `${method} /api${path}`);
    const served = new Set([...api, 'GET /api/demo/passes']);
    const listed = quoted(readDocument('docs/ARCHITECTURE.md'))
      .map(({ text }) => text)
      .filter((text) => /^[A-Z]+ \/api\//.test(text));
    expect(new Set(listed)).toEqual(served);
  });

  it('has headings for no other folders', () => {
    const named = [...headings].filter((heading) => heading !== undefined && FOLDER.test(heading));
    expect(named.filter((folder) => folder === undefined || !exists(folder))).toEqual([]);
  });
});

const foldersUnder = (path: string): readonly string[] => {
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return [path, ...entries.flatMap(({ name }) => foldersUnder(`${path}/${name}`))].filter(
    (folder) => folder !== 'src',
  );
};

describe('SECURITY.md', () => {
  /** A promise's last cell: `test/...` "name", and perhaps more of the same. */
  const named = [...readDocument('SECURITY.md').matchAll(/`(test\/[^`]+)`((?:,? "[^"]+")+)/g)].flatMap(
    ([, file = '', names = '']) => [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file, name })),
  );

  it('names a test for every promise', () => {
    const promises = readDocument('SECURITY.md')
      .split('\n')
      .filter((line) => /^\| \d+ +\|/.test(line));
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter((line) => !/`test\/[^`]+` "/.test(line))).toEqual([]);
  });

  it('numbers each promise once', () => {
    const numbers = [...readDocument('SECURITY.md').matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => number);
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  });

  it.each(named)('$file has the test "$name"', ({ file, name }) => {
    expect(readDocument(file)).toContain(name);
  });
});
