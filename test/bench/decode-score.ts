// Counts and times of one decoder on one set of pictures, the table of all of them, and whether the goal is met.

export interface Score {
  readonly set: string;
  readonly decoder: string;
  readonly pictures: number;
  /** Pictures that hold a code. */
  readonly coded: number;
  readonly read: number;
  /** Texts that are none of the picture's own, and no right one with them. */
  readonly wrong: readonly { file: string; text: string }[];
  /** Other texts beside a right one. Not judged: a manifest may name one code of several in the picture. */
  readonly beside: readonly { file: string; text: string }[];
  /** Pictures without a code in which one was read. */
  readonly phantoms: readonly string[];
  readonly cpuMs: readonly number[];
  readonly missed: readonly string[];
}

export const createScore = (set: string, decoder: string): Score => ({
  set,
  decoder,
  pictures: 0,
  coded: 0,
  read: 0,
  wrong: [],
  beside: [],
  phantoms: [],
  cpuMs: [],
  missed: [],
});

export function addPicture(
  score: Score,
  { file, expected }: { file: string; expected: readonly string[] },
  texts: readonly string[],
  cpuMs: number,
): Score {
  const isCoded = expected.length > 0;
  const wanted = expected.map(withoutLineEnds);
  const isRight = (text: string) => wanted.includes(withoutLineEnds(text));
  const isRead = texts.some(isRight);
  const others = isCoded ? texts.filter((text) => !isRight(text)).map((text) => ({ file, text })) : [];
  return {
    ...score,
    pictures: score.pictures + 1,
    coded: score.coded + Number(isCoded),
    read: score.read + Number(isRead),
    wrong: isRead ? score.wrong : [...score.wrong, ...others],
    beside: isRead ? [...score.beside, ...others] : score.beside,
    phantoms: !isCoded && texts.length > 0 ? [...score.phantoms, file] : score.phantoms,
    cpuMs: [...score.cpuMs, cpuMs],
    missed: isCoded && !isRead ? [...score.missed, file] : score.missed,
  };
}

/** Manifests are written by people and editors: CR LF, and blanks at either end, are no difference of texts. */
const withoutLineEnds = (text: string) => text.replace(/\r\n?/g, '\n').trim();

export function sumScores(scores: readonly Score[], decoder: string): Score {
  const own = scores.filter((score) => score.decoder === decoder);
  const count = (of: 'pictures' | 'coded' | 'read') => own.reduce((sum, score) => sum + score[of], 0);
  return {
    set: 'all',
    decoder,
    pictures: count('pictures'),
    coded: count('coded'),
    read: count('read'),
    wrong: own.flatMap((score) => score.wrong),
    beside: own.flatMap((score) => score.beside),
    phantoms: own.flatMap((score) => score.phantoms),
    cpuMs: own.flatMap((score) => score.cpuMs),
    missed: own.flatMap((score) => score.missed),
  };
}

export const rateOf = (score: Score): number => (score.coded === 0 ? 0 : score.read / score.coded);

/** Nearest rank. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

export function formatTable(scores: readonly Score[]): string {
  const decoders = [...new Set(scores.map((score) => score.decoder))];
  const sums = decoders.map((decoder) => sumScores(scores, decoder));
  const rows = [...scores]
    .sort((a, b) => a.set.localeCompare(b.set))
    .concat(sums)
    .map(toCells);
  const head = [
    'set',
    'decoder',
    'coded',
    'read',
    'rate %',
    'wrong',
    'no code, read',
    'CPU ms median',
    'p95',
  ];
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  return [head, ...rows].map(format).join('\n');
}

function toCells(score: Score): string[] {
  return [
    score.set,
    score.decoder,
    String(score.coded),
    String(score.read),
    score.coded === 0 ? '-' : (100 * rateOf(score)).toFixed(1),
    String(score.wrong.length),
    `${score.phantoms.length} of ${score.pictures - score.coded}`,
    percentile(score.cpuMs, 0.5).toFixed(2),
    percentile(score.cpuMs, 0.95).toFixed(2),
  ];
}

/** The first is ours, the second (where there is one) is the one to equal. */
export function judgeGoal([ours, rival]: readonly Score[]): { isMet: boolean; lines: string[] } {
  if (ours === undefined) return { isMet: false, lines: ['nothing was measured'] };
  const claims: [string, boolean][] = [
    [`${ours.wrong.length} wrong texts, wanted 0`, ours.wrong.length === 0],
    [`${ours.phantoms.length} reads where there is no code, wanted 0`, ours.phantoms.length === 0],
  ];
  if (rival !== undefined) {
    const ratio = percentile(ours.cpuMs, 0.95) / percentile(rival.cpuMs, 0.95);
    claims.push(
      [
        `reads ${ours.read}, ${rival.decoder} ${rival.read}, wanted at least as many`,
        ours.read >= rival.read,
      ],
      [`CPU p95 ${ratio.toFixed(2)} times that of ${rival.decoder}, wanted at most 2`, ratio <= 2],
    );
  }
  const lines = claims.map(([claim, holds]) => `${holds ? 'holds' : 'FAILS'}: ${claim}`);
  for (const found of ours.wrong) lines.push(`wrong in ${formatFound(found)}`);
  for (const file of ours.phantoms) lines.push(`read without a code: ${file}`);
  for (const found of ours.beside)
    lines.push(`not judged, read beside the right one in ${formatFound(found)}`);
  return { isMet: claims.every(([, holds]) => holds), lines };
}

const formatFound = ({ file, text }: { file: string; text: string }) =>
  `${file}: ${JSON.stringify(text.slice(0, 120))}`;
