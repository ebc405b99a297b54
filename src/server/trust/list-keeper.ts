// One status list as it is handed out: from the folder where its issuer publishes it, or else from the issuer's address.
// Whatever comes was verified here first and is no older than what was handed out before it, over restarts too.

import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import {
  type HeldStatusList,
  readStatusFacts,
  verifyStatusToken,
} from '../../core/trust/status/status-token.ts';
import type { ListedStatusList } from '../../core/trust/targets/targets.ts';
import { fetchList } from './fetch-list.ts';
import { type HandedOut, handOut } from './handed-out.ts';
import type { TroubleBook } from './trouble-book.ts';

export interface ListOptions {
  /** Holds ISSUER/LIST.cwt; null: every list comes from its issuer. */
  readonly published: RepositoryFolder | null;
  /** Where what is handed out is kept, under the same names. */
  readonly kept: RepositoryFolder;
  readonly engine: Ed25519Engine;
  readonly troubles: TroubleBook;
  readonly nowSeconds: () => number;
  /** For one whole answer of an issuer. */
  readonly fetchLimitMs?: number;
  /** Aborts when the server stops: nothing is fetched or kept from then on. */
  readonly stopping: AbortSignal;
}

export interface WantedList extends ListedStatusList {
  readonly issuer: string;
}

const FETCH_LIMIT_MS = 20_000;
/** Where a list does not say for how long a copy is good. */
const DEFAULT_TTL_SECONDS = 3600;
/** After a fetch that brought nothing. */
const AGAIN_AFTER_SECONDS = 300;

export class ListKeeper {
  readonly #wanted: WantedList;
  readonly #options: ListOptions;
  readonly #name: string;
  readonly #isOpen: Promise<void>;
  #inUse: { readonly held: HeldStatusList; readonly handedOut: HandedOut } | null = null;
  /** The issue of the list handed out last, whoever signed it and whether it has ended. */
  #lastIssuedAt = 0;
  #etag: string | null = null;
  #fetchedAt = 0;
  #dueAt = 0;
  #fetching: Promise<void> | null = null;

  constructor(wanted: WantedList, options: ListOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.#name = `${wanted.issuer}/${wanted.list}.cwt`;
    this.#isOpen = this.#readKept();
    // Waited for, and thrown, where the list is asked for.
    this.#isOpen.catch(() => {});
  }

  /** Null where none came yet, or the last one has ended. Waits for the issuer only then. */
  async read(): Promise<HandedOut | null> {
    await this.#isOpen;
    const isPublishedHere = await this.#takePublished();
    if (this.#inUse === null && !isPublishedHere) await this.#fetchIfDue();
    if (this.#inUse === null) return null;
    const { held, handedOut } = this.#inUse;
    return held.expiresAt === undefined || held.expiresAt > this.#options.nowSeconds() ? handedOut : null;
  }

  async refresh(): Promise<void> {
    await this.#isOpen;
    if (!(await this.#takePublished())) await this.#fetchIfDue();
  }

  /** True where the folder has it, good or not: a list that is published here is asked for nowhere else. */
  async #takePublished(): Promise<boolean> {
    const bytes = (await this.#options.published?.read(this.#name)) ?? null;
    if (bytes === null) return false;
    if (this.#inUse === null || !isSameBytes(bytes, this.#inUse.handedOut.bytes))
      await this.#take(bytes, 'published here');
    return true;
  }

  /** One fetch at a time. */
  #fetchIfDue(): Promise<void> {
    const now = this.#options.nowSeconds();
    if (this.#fetching === null && now < this.#dueAt && now >= this.#fetchedAt) return Promise.resolve();
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const { fetchLimitMs = FETCH_LIMIT_MS, nowSeconds, stopping } = this.#options;
    const { uri } = this.#wanted;
    const answer = await fetchList(uri, this.#inUse === null ? null : this.#etag, fetchLimitMs, stopping);
    if (stopping.aborted) return;
    const isTaken = answer.kind === 'bytes' ? await this.#take(answer.bytes, uri) : answer.kind === 'same';
    if (answer.kind === 'nothing') this.#note(`${answer.why} (${uri})`);
    if (answer.kind === 'bytes' && isTaken) this.#etag = answer.etag;
    if (answer.kind === 'same') this.#note(null);
    this.#fetchedAt = nowSeconds();
    const ttl = this.#inUse?.held.ttlSeconds ?? DEFAULT_TTL_SECONDS;
    this.#dueAt = this.#fetchedAt + (isTaken ? ttl : Math.min(ttl, AGAIN_AFTER_SECONDS));
  }

  /** Puts a token to use after all its checks. */
  async #take(bytes: Bytes, from: string): Promise<boolean> {
    const { kept, engine, nowSeconds } = this.#options;
    const { uri, keys } = this.#wanted;
    const expected = { uri, keys, held: this.#inUse?.held ?? null, nowSeconds: nowSeconds() };
    const token = await verifyStatusToken(bytes, expected, engine);
    const fault = token.ok
      ? token.value.issuedAt < this.#lastIssuedAt
        ? 'status-rollback'
        : null
      : token.error;
    this.#note(fault === null ? null : `${fault} (${from})`);
    if (!token.ok || fault !== null) return false;
    if (this.#inUse === null || !isSameBytes(bytes, this.#inUse.handedOut.bytes))
      await kept.write(this.#name, bytes);
    this.#inUse = { held: token.value, handedOut: handOut(bytes) };
    this.#lastIssuedAt = token.value.issuedAt;
    return true;
  }

  async #readKept(): Promise<void> {
    const { kept, engine, nowSeconds } = this.#options;
    const { uri, keys } = this.#wanted;
    const bytes = await kept.read(this.#name);
    if (bytes === null) return;
    const facts = readStatusFacts(bytes, nowSeconds());
    this.#lastIssuedAt = facts?.uri === uri ? facts.issuedAt : 0;
    const token = await verifyStatusToken(bytes, { uri, keys, held: null, nowSeconds: nowSeconds() }, engine);
    if (token.ok) this.#inUse = { held: token.value, handedOut: handOut(bytes) };
  }

  #note(why: string | null): void {
    const { issuer, list } = this.#wanted;
    const sentence = `status list ${list} of ${issuer} was not taken: ${why}`;
    this.#options.troubles.note(`list ${this.#name}`, why === null ? null : sentence);
  }
}
