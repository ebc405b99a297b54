// A whole station to try Gatelight with: keys, a trust repository, an issuer with its desk and status list, settings, and
// sample passes, all in the data folder, and renewed for as long as it runs.

import { join, relative } from 'node:path';
import { Hono } from 'hono';
import { chooseEngine } from '../../core/signature/engine.ts';
import { SETTINGS_FILE } from '../../core/trust/settings/settings-schema.ts';
import { ed25519Keys } from '../../core/trust/tuf/ed25519-keys.ts';
import { openFileFolder } from '../file-folder.ts';
import { KEPT_LISTS_FOLDER } from '../prepare-site.ts';
import type { ServerParts } from '../start-server.ts';
import { demoSettings, demoTargets } from './demo-documents.ts';
import { openDemoKeys } from './demo-keys.ts';
import { type DemoLists, openDemoLists } from './demo-lists.ts';
import { openDemoRepository } from './demo-repository.ts';
import { createSamplePasses, SAMPLE_PLACES, type SamplePass } from './sample-passes.ts';
import { createWoundScanner } from './wound-scanner.ts';

export interface DemoWorld {
  nowSeconds(): number;
  /** The built pages. */
  readonly pagesFolder: string;
  /** How this program is called, for commands that a visitor may copy. */
  readonly program: string;
}

/** A sample with the command that takes it back, where it can be taken back. */
export interface OfferedPass extends SamplePass {
  readonly takeBack: string | null;
}

export interface Demo extends ServerParts {
  /** Signed anew at every call. */
  samplePasses(): Promise<readonly OfferedPass[]>;
  /** GET /api/demo/passes: OfferedPass[] as JSON; and the scanner with a wound clock. */
  readonly demoRoutes: Hono;
}

export async function prepareDemo(dataDir: string, world: DemoWorld): Promise<Demo> {
  const { nowSeconds, pagesFolder, program } = world;
  const keys = await openDemoKeys(dataDir);
  const { issuer, status, receipt, settings, time } = keys;
  const folder = openFileFolder(dataDir);
  if ((await folder.read(SETTINGS_FILE)) === null) await folder.write(SETTINGS_FILE, demoSettings());
  const lists = await openDemoLists(dataDir, nowSeconds);
  const repository = await openDemoRepository({
    dir: join(dataDir, 'trust'),
    firstTargets: demoTargets({
      issuer: issuer.publicKey,
      status: status.publicKey,
      receipt: receipt.publicKey,
      settings: settings.publicKey,
      time: time.publicKey,
    }),
    keys: ed25519Keys(await chooseEngine()),
    nowSeconds,
  });

  const samplePasses = async (): Promise<readonly OfferedPass[]> => {
    const places = await lists.drawPlaces(SAMPLE_PLACES);
    const samples = await createSamplePasses(keys, places, nowSeconds());
    return samples.map((sample) => ({ ...sample, takeBack: takeBackCommand(program, lists, sample) }));
  };
  const demoRoutes = new Hono();
  demoRoutes.get('/api/demo/passes', async (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(await samplePasses());
  });
  demoRoutes.route('/', createWoundScanner(pagesFolder));

  return {
    trust: {
      repository: { folder: repository.folder, name: repository.path, online: repository.online },
      settings: {
        readEdited: () => folder.read(SETTINGS_FILE),
        writeEdited: (bytes) => folder.write(SETTINGS_FILE, bytes),
        editedName: join(dataDir, SETTINGS_FILE),
        folder,
      },
      lists: { published: lists.published, kept: openFileFolder(join(dataDir, KEPT_LISTS_FOLDER)) },
      signers: { receipt, settings, time },
      renew: async () => {
        await lists.renew();
        await repository.renew();
      },
    },
    samplePasses,
    demoRoutes,
    isEnrolmentOpen: true,
  };
}

/** To be typed where the server was started. */
function takeBackCommand(program: string, lists: DemoLists, { place }: SamplePass): string | null {
  if (place === null) return null;
  const [desk, out] = [lists.deskPath, lists.publishedPath].map(
    (path) => relative(process.cwd(), path) || '.',
  );
  return `${program} issuer revoke --desk ${quote(desk)} --out ${quote(out)} ${place}`;
}

const quote = (path = ''): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
