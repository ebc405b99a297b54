// gatelight pass show: every claim of a pass in words, and what a reader would say of its form and its time. Nobody is
// trusted here: the signature is not tried.

import { encodeHex } from '../core/bytes/hex.ts';
import { parsePass } from '../core/pass/gl1.ts';
import type { UnverifiedPass } from '../core/pass/pass.ts';
import type { Issuer, Trust } from '../core/trust/trust.ts';
import { DEFAULT_AGES } from '../core/trust/trust-age.ts';
import { decideVerdict } from '../core/verdict/decide-verdict.ts';
import { describeVerdict } from '../core/verdict/describe.ts';
import type { OpenedReading } from '../core/verdict/open-reading.ts';
import type { Verdict } from '../core/verdict/verdict.ts';
import { momentText } from './arguments.ts';
import type { CommandIo } from './command.ts';
import { createQrCode } from './draw-qr.ts';
import { exitCodeOf } from './exit-codes.ts';

export const SHOW_USAGE = `gatelight pass show TEXT|FILE|-

Says what a pass says, claim by claim, and what a reader would refuse in its form or its time. Needs no trust: the
signature is not tried (read does that).

Exit: 0 well formed and in its time, 20 not in its time, 30 not a readable pass, 2 wrong arguments`;

export async function showPass(text: string, io: CommandIo): Promise<number> {
  const nowMs = Date.now();
  const parsed = parsePass(text, Math.floor(nowMs / 1000));
  if (parsed.ok)
    for (const [name, value] of factLines(text, parsed.value)) io.out(`${name.padEnd(12)}${value}`);

  const opened: OpenedReading = parsed.ok
    ? { kind: 'verified', pass: { claims: { ...parsed.value.claims, colour: 'green' }, issuer: NOBODY } }
    : { kind: 'refused', refusal: parsed.error };
  const verdict = judgeFormAndTime(opened, nowMs);
  if (verdict.kind === 'admit') {
    io.out('\nWell formed and in its time. Whether it is genuine needs trust: gatelight read.');
  } else {
    const { reason, code } = describeVerdict(verdict, { language: 'en', trust: null, nowMs });
    io.out(`${parsed.ok ? '\n' : ''}A reader would not admit it: ${reason} (code ${code}, times in UTC).`);
    if (!parsed.ok) io.out(`Refused as ${parsed.error}.`);
  }
  return exitCodeOf(verdict.kind);
}

function factLines(
  text: string,
  { algorithm, keyHint, claims, signature }: UnverifiedPass,
): readonly [string, string][] {
  const code = createQrCode(text);
  const { printed, holderKey, notBefore } = claims;
  return [
    [
      'format',
      `GL1, ${text.length} characters${code.ok ? `, QR version ${code.value.version} at level M` : ''}`,
    ],
    ['colour', claims.colour],
    ['why', `rule set ${claims.ruleset}, reason ${claims.reason}`],
    ['issued', momentText(claims.issuedAt)],
    ['starts', notBefore === undefined ? 'when issued' : momentText(notBefore)],
    ['ends', momentText(claims.expiresAt)],
    ['pass id', `list ${claims.id.list}, place ${claims.id.index}`],
    ['name', printed?.name ?? 'none'],
    ['birth year', printed?.birthYear === undefined ? 'none' : String(printed.birthYear)],
    ['holder key', holderKey === undefined ? 'none' : encodeHex(holderKey)],
    ['issuer key', `hint ${encodeHex(keyHint)}, ${algorithm}`],
    ['signature', `${encodeHex(signature.subarray(0, 8))}... (not tried)`],
  ];
}

/** The reader's own table, for a reader who trusts everybody and asks for no colour: what is left are form and time. */
function judgeFormAndTime(opened: OpenedReading, nowMs: number): Verdict {
  const trust: Trust = {
    version: 0,
    issuedAt: Math.floor(nowMs / 1000),
    site: { id: 'nowhere', name: 'Nowhere', timeZone: 'UTC', dayStartMinutes: 0, gates: [] },
    issuers: [NOBODY],
    policy: {
      name: 'None',
      version: 0,
      byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
      maxPassAgeSeconds: null,
      tooOld: 'check',
      hours: [],
      outsideHours: 'check',
      seenBeforeWindowSeconds: 0,
      retentionDays: 1,
      ages: DEFAULT_AGES,
      displayMs: { admit: 0, check: 0, refuse: 0, unverifiable: 0 },
    },
    clippings: [],
    receiptKeys: [],
    timeKeys: [],
  };
  const now = { wallMs: nowMs, floorMs: nowMs, doubt: null };
  return decideVerdict(opened, trust, { lastSeen: null }, now, { gate: '', direction: 'in' });
}

const NOBODY: Issuer = {
  id: 'nobody',
  name: { en: 'Nobody' },
  appeal: { en: '' },
  keys: [],
  rulesetsByNumber: new Map(),
  status: 'none',
  isSmall: false,
};
