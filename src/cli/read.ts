// gatelight read: pictures of passes to verdicts, by the scanner's own decoder, trust and table.

import { GL1_PREFIX } from '../core/pass/gl1.ts';
import { chooseEngine, type Ed25519Engine } from '../core/signature/engine.ts';
import type { Direction, Trust } from '../core/trust/trust.ts';
import { firstLook, lookAtClock, NO_FLOOR, type Now, nowOf } from '../core/verdict/clock.ts';
import { decideVerdict, type Place } from '../core/verdict/decide-verdict.ts';
import { type DescribedVerdict, describeVerdict } from '../core/verdict/describe.ts';
import { openReading } from '../core/verdict/open-reading.ts';
import type { Verdict } from '../core/verdict/verdict.ts';
import type { Decoder } from '../decode/decoder.ts';
import { momentSeconds, momentText, parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { exitCodeOf } from './exit-codes.ts';
import { openTrust, rootOption } from './open-trust.ts';
import { openPictureDecoder, readPicture } from './read-picture.ts';

const USAGE = `gatelight read IMAGE... [options]

Reads the QR code in each picture and prints its verdict, its reason and what to do, one picture a line. The table is the
scanner's, without its memory: nothing here was seen before.

  --trust SOURCE      a Gatelight server's address, or a data folder with trust/published, settings.cose and lists
                      (data, which the demo fills)
  --site ID           the site of that server (its first); a data folder holds the settings of the first alone
  --root HEX          SHA-256 of the first root's file, 1.root.json, with which trust must begin; without it, whichever
                      comes is believed, and named
  --at TIME           judge at that moment: 2026-11-24T08:00Z, +6h, or --at=-6h. Trust is taken as it is there now, and
                      must not have ended at that moment or by now, whichever is earlier
  --gate ID           the gate (the site's first)
  --direction in|out  (in)
  --json              one JSON object a line

Exit: 0 admit, 10 check, 20 refuse, 30 unverifiable or no code seen, the highest of all pictures;
      2 wrong arguments, a picture that cannot be opened, or trust that cannot be used`;

export const readCommand: Command = {
  name: 'read',
  summary: 'read pictures of passes and print their verdicts',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals: paths } = parseOptions(args, {
      trust: { type: 'string', default: 'data' },
      site: { type: 'string' },
      root: { type: 'string' },
      at: { type: 'string' },
      gate: { type: 'string' },
      direction: { type: 'string', default: 'in' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    if (paths.length === 0) throw new UsageError('read needs at least one picture');
    const direction = values.direction;
    if (direction !== 'in' && direction !== 'out') throw new UsageError('--direction is in or out');
    const root = rootOption(values.root);
    const wallMs = Date.now();
    const nowSeconds = Math.floor(wallMs / 1000);
    const atSeconds = values.at === undefined ? null : momentSeconds('--at', values.at, nowSeconds);

    const engine = await chooseEngine();
    const moments = { nowSeconds, atSeconds: atSeconds ?? nowSeconds };
    const wanted = { place: values.trust, site: values.site ?? null, root };
    const opened = await openTrust(wanted, engine, moments);
    if (!opened.ok) {
      io.err(opened.error);
      return 2;
    }
    const { trust, warnings } = opened.value;
    if (root === null) io.err(`trust begins with root ${opened.value.root}; pin it with --root`);
    for (const warning of warnings) io.err(warning);
    const judge = {
      trust,
      engine,
      now: atSeconds === null ? nowByThisClock(trust, wallMs) : nowAsSaid(atSeconds),
      place: placeIn(trust, values.gate, direction),
    };
    const decoder = await openPictureDecoder();
    return readAll(paths, decoder, judge, values.json ? printJson(io) : printLine(io), io);
  },
};

interface Judge {
  readonly trust: Trust;
  readonly engine: Ed25519Engine;
  readonly now: Now;
  readonly place: Place;
}

/** Null where no code was seen in the picture. */
interface PictureAnswer {
  readonly picture: string;
  readonly verdict: Verdict | null;
  readonly described: DescribedVerdict | null;
  readonly issuer: string | null;
  readonly endsAt: number | null;
}

async function readAll(
  paths: readonly string[],
  decoder: Decoder,
  judge: Judge,
  print: (answer: PictureAnswer) => void,
  io: CommandIo,
): Promise<number> {
  let worst = 0;
  let isBroken = false;
  for (const path of paths) {
    if (io.stop.aborted) return 130;
    const plane = await readPicture(path);
    if (!plane.ok) {
      io.err(`${path}: ${plane.error.kind}: ${plane.error.detail}`);
      isBroken = true;
      continue;
    }
    const texts = decoder.decode(plane.value, 'file').map(({ text }) => text);
    const text = texts.find((one) => one.startsWith(GL1_PREFIX)) ?? texts[0];
    const answer = text === undefined ? nothingSeen(path) : await judgeText(path, text, judge);
    print(answer);
    worst = Math.max(worst, exitCodeOf(answer.verdict?.kind ?? 'unverifiable'));
  }
  return isBroken ? 2 : worst;
}

async function judgeText(
  picture: string,
  text: string,
  { trust, engine, now, place }: Judge,
): Promise<PictureAnswer> {
  const opened = await openReading(text, trust, engine, Math.floor(Math.max(now.wallMs, now.floorMs) / 1000));
  const verdict = decideVerdict(opened, trust, { lastSeen: null }, now, place);
  const pass = opened.kind === 'verified' ? opened.pass : null;
  return {
    picture,
    verdict,
    described: describeVerdict(verdict, { language: 'en', trust, nowMs: now.wallMs }),
    issuer: pass?.issuer.id ?? null,
    endsAt: pass?.claims.expiresAt ?? null,
  };
}

const nothingSeen = (picture: string): PictureAnswer => ({
  picture,
  verdict: null,
  described: null,
  issuer: null,
  endsAt: null,
});

const printLine =
  (io: CommandIo) =>
  ({ picture, described }: PictureAnswer): void => {
    if (described === null) {
      io.out(`${picture}: no code seen. Take the picture closer, straight and in light.`);
      return;
    }
    const { word, code, reason, next, rule, appeal } = described;
    const about = [rule === '' ? '' : `Rule ${rule}`, appeal === '' ? '' : `Appeal: ${appeal}`]
      .filter(Boolean)
      .join('. ');
    const sentences = [`${word} (code ${code})`, reason, next, about]
      .filter(Boolean)
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1).replace(/\.$/, ''));
    io.out(`${picture}: ${sentences.join('. ')}.`);
  };

const printJson =
  (io: CommandIo) =>
  ({ picture, verdict, described, issuer, endsAt }: PictureAnswer): void => {
    const fields = {
      picture,
      ...described,
      verdict: verdict?.kind ?? null,
      reason: verdict?.reason ?? 'no-code-seen',
      ...(verdict?.reason === 'malformed' ? { refusal: verdict.refusal } : {}),
      ...(verdict?.reason === 'unknown-issuer' ? { why: verdict.why } : {}),
      ...(described === null ? {} : { text: described.reason }),
      issuer,
      endsAt: endsAt === null ? null : momentText(endsAt),
    };
    io.out(JSON.stringify(fields));
  };

/** Trust from the future says that this clock is behind; two looks, as the tablet takes them. */
function nowByThisClock(trust: Trust, wallMs: number): Now {
  const once = lookAtClock(firstLook({ ...NO_FLOOR, ms: trust.issuedAt * 1000 }), wallMs, 0);
  return nowOf(lookAtClock(once, wallMs, 0), wallMs);
}

const nowAsSaid = (seconds: number): Now => ({
  wallMs: seconds * 1000,
  floorMs: seconds * 1000,
  doubt: null,
});

function placeIn(trust: Trust, gate: string | undefined, direction: Direction): Place {
  const ids = trust.site.gates.map(({ id }) => id);
  if (gate !== undefined && !ids.includes(gate)) {
    throw new UsageError(`${trust.site.name} has no gate "${gate}"; it has ${ids.join(', ')}`);
  }
  return { gate: gate ?? ids[0] ?? '', direction };
}
