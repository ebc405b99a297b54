// The settings of a policy as fields of a form: where each stands, its unit, its bound, and how it is read and written.

import type { ChosenPolicy } from '../../core/trust/settings/settings.ts';
import type { PolicyBounds } from '../../core/trust/targets/targets.ts';
import type { Policy } from '../../core/trust/trust.ts';
import { VERDICT_WORDS } from './wording.ts';

export interface NumberField {
  readonly kind: 'number';
  /** As a refusal names it. */
  readonly place: string;
  readonly label: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'seconds';
  /** How many of the policy's own units one of these is. */
  readonly factor: number;
  /** Left empty, it means this. */
  readonly empty: string | null;
  /** In the policy's own unit; null: none. */
  most(bounds: PolicyBounds): number | null;
}

export interface ChoiceField {
  readonly kind: 'choice';
  readonly place: string;
  readonly label: string;
  /** From mild to strict. */
  readonly choices: readonly ('admit' | 'check' | 'refuse')[];
  mildest(bounds: PolicyBounds): 'admit' | 'check' | 'refuse' | null;
}

export type PolicyField = NumberField | ChoiceField;

export interface FieldGroup {
  readonly name: string;
  readonly fields: readonly PolicyField[];
}

const number = (
  place: string,
  label: string,
  [unit, factor]: readonly [NumberField['unit'], number],
  most: NumberField['most'] = () => null,
  empty: string | null = null,
): NumberField => ({ kind: 'number', place: `policy.${place}`, label, unit, factor, most, empty });

const choice = (
  place: string,
  label: string,
  choices: ChoiceField['choices'],
  mildest: ChoiceField['mildest'] = () => null,
): ChoiceField => ({ kind: 'choice', place: `policy.${place}`, label, choices, mildest });

const HOURS = ['hours', 3600] as const;
const SECONDS = ['seconds', 1000] as const;

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    name: 'What a guard is told',
    fields: [
      choice(
        'byColour.yellow',
        'A yellow pass',
        ['admit', 'check', 'refuse'],
        ({ mildest }) => mildest.yellow,
      ),
      choice('byColour.red', 'A red pass', ['check', 'refuse'], ({ mildest }) => mildest.red),
      choice('outsideHours', 'Outside opening hours', ['check', 'refuse']),
      choice('tooOld', 'A pass that is too old', ['check', 'refuse']),
      number(
        'maxPassAgeSeconds',
        'A pass is too old after',
        HOURS,
        (bounds) => bounds.maxPassAgeSeconds,
        'never',
      ),
      number(
        'seenBeforeWindowSeconds',
        'The same pass is noticed within',
        ['minutes', 60],
        (bounds) => bounds.maxSeenBeforeWindowSeconds,
      ),
    ],
  },
  {
    name: 'How old lists may be',
    fields: [
      number('ages.freshSeconds', 'Fresh until', HOURS, ({ ages }) => ages.freshSeconds),
      number('ages.ageingSeconds', 'Then ageing until', HOURS, ({ ages }) => ages.ageingSeconds),
      number(
        'ages.staleSeconds',
        'Then stale until, and after that nothing is verified',
        HOURS,
        ({ ages }) => ages.staleSeconds,
      ),
    ],
  },
  {
    name: 'How long a verdict stands',
    fields: (['admit', 'check', 'refuse', 'unverifiable'] as const).map((verdict) =>
      number(`displayMs.${verdict}`, VERDICT_WORDS[verdict], SECONDS),
    ),
  },
  {
    name: 'How long records can be opened',
    fields: [number('retentionDays', 'Days', ['days', 1], (bounds) => bounds.maxRetentionDays)],
  },
];

export const POLICY_FIELDS: readonly PolicyField[] = FIELD_GROUPS.flatMap(({ fields }) => fields);

/** What stands in the field: of what was chosen, or else of what is used. */
export function readField({ place, ...field }: PolicyField, chosen: ChosenPolicy, used: Policy): string {
  const value = valueAt(chosen, place) ?? valueAt(used, place);
  if (field.kind === 'choice') return String(value ?? '');
  return typeof value === 'number' ? String(value / field.factor) : '';
}

/** In the policy's own unit; undefined for what is no number. */
export function writeNumber({ factor, empty }: NumberField, text: string): number | null | undefined {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return empty === null ? undefined : null;
  const value = Number(plain);
  return Number.isFinite(value) ? Math.round(value * factor) : undefined;
}

/** 'At most 30 days.', or nothing where there is no bound. */
export function boundWords(field: PolicyField, bounds: PolicyBounds): string {
  if (field.kind === 'choice') {
    const mildest = field.mildest(bounds);
    if (mildest === null || mildest === field.choices[0]) return '';
    return `At least ${VERDICT_WORDS[mildest].toLowerCase()}.`;
  }
  const most = field.most(bounds);
  const bound = most === null ? '' : `At most ${most / field.factor}.`;
  return [bound, field.empty === null || most !== null ? '' : `Empty: ${field.empty}.`].join(' ').trim();
}

/** The policy with one value put in its place; parts above it are copied. */
export function withValue<T extends object>(policy: T, place: string, value: unknown): T {
  const [, ...path] = place.split('.');
  const put = (
    part: Readonly<Record<string, unknown>>,
    [first = '', ...rest]: readonly string[],
  ): object => ({
    ...part,
    [first]: rest.length === 0 ? value : put((part[first] ?? {}) as Readonly<Record<string, unknown>>, rest),
  });
  return put(policy as Readonly<Record<string, unknown>>, path) as T;
}

const valueAt = (policy: object, place: string): unknown =>
  place
    .split('.')
    .slice(1)
    .reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], policy);
