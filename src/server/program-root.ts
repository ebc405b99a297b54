// Where this program lies: its version and its built pages. The same from the sources and from the bundle.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ProgramRoot {
  readonly folder: string;
  readonly version: string;
  readonly pagesFolder: string;
}

export function findProgramRoot(): ProgramRoot {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name, version }: { name?: string; version: string } = JSON.parse(
        readFileSync(manifest, 'utf8'),
      );
      if (name === 'gatelight') return { folder, version, pagesFolder: join(folder, 'dist/pages') };
    }
    if (dirname(folder) === folder)
      throw new Error('the program does not lie in its own folder any more: install it again');
  }
}
