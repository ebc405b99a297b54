// A site's tablets as its managers see to them.

import { type ReadonlySignal, signal } from '@preact/signals';
import { ok } from '../../core/result.ts';
import { type Ask, listIn } from './ask-server.ts';
import { createDoing, createLoaded, type Doing, type Loaded } from './loaded.ts';

/** Times are whole seconds since 1970. */
export interface ListedTablet {
  readonly device: string;
  readonly gate: string;
  readonly epoch: number;
  readonly state: 'in-service' | 'leaving' | 'wiped' | 'revoked';
  readonly enrolledAt: number;
  readonly keySince: number;
  readonly lastSeenAt: number | null;
  readonly revokedAt: number | null;
  readonly isPinResetOrdered: boolean;
}

export type TabletAction = 'pin-reset' | 'wipe' | 'revoke';

export interface Question {
  readonly device: string;
  /** Null: which of the three is not chosen yet. */
  readonly action: TabletAction | null;
}

export interface ImportedBatch {
  readonly added: number;
  readonly error: string | null;
}

export interface TabletsModel {
  readonly tablets: Loaded<readonly ListedTablet[]>;
  readonly question: ReadonlySignal<Question | null>;
  readonly doing: Doing;
  readonly importing: Doing;
  /** What the last file brought; null: none was taken. */
  readonly imported: ReadonlySignal<readonly ImportedBatch[] | null>;
  /** Opens what can be done with a tablet, or closes it. */
  choose(question: Question | null): void;
  /** Does what was asked about. */
  confirm(): Promise<void>;
  takeFile(file: Blob): Promise<void>;
}

export function createTabletsModel(site: string, ask: Ask): TabletsModel {
  const path = `/sites/${encodeURIComponent(site)}`;
  const tablets = createLoaded(async () =>
    listIn<ListedTablet>(await ask('GET', `${path}/devices`), 'devices'),
  );
  const question = signal<Question | null>(null);
  const imported = signal<readonly ImportedBatch[] | null>(null);
  const doing = createDoing();
  const importing = createDoing();
  return {
    tablets,
    question,
    doing,
    importing,
    imported,
    choose(next) {
      doing.refuse(null);
      question.value = next;
    },
    async confirm() {
      const asked = question.value;
      if (asked === null || asked.action === null) return;
      const { device, action } = asked;
      const done = await doing.run(() => ask('POST', `${path}/devices/${device}/${action}`));
      if (done === null) return;
      question.value = null;
      await tablets.refresh();
    },
    async takeFile(file) {
      imported.value = null;
      const batches = await importing.run(async () => {
        const told = listIn<ImportedBatch>(await ask('POST', `${path}/import`, { cbor: file }), 'batches');
        return told.ok ? ok(told.value) : told;
      });
      imported.value = batches;
    },
  };
}

/** In service first, by gate; those that are out of service last, the newest first. */
export function sortTablets(
  tablets: readonly ListedTablet[],
  gates: readonly { readonly id: string }[],
): readonly ListedTablet[] {
  const isOut = ({ state }: ListedTablet) => Number(state === 'revoked' || state === 'wiped');
  const place = ({ gate }: ListedTablet) => {
    const at = gates.findIndex(({ id }) => id === gate);
    return at < 0 ? gates.length : at;
  };
  return tablets.toSorted((a, b) => {
    const byState = isOut(a) - isOut(b);
    if (byState !== 0) return byState;
    if (isOut(a) === 1) return b.enrolledAt - a.enrolledAt;
    return place(a) - place(b) || a.device.localeCompare(b.device);
  });
}
