// What is known of the tablet, as the strip's cells, the start screen's rows and the banners. What is not known is not said.

import { clockTime, describeAge, textsFor } from '../../core/verdict/describe.ts';
import type { GatePlace, TabletState } from '../../device/tablet.ts';
import type { SignKind } from '../parts/signs.tsx';
import type { Catalogue } from '../parts/texts/catalogue.ts';
import type { Language } from '../parts/texts/languages.ts';
import { formatCount } from '../parts/times.ts';
import { type Stop, stopOfState } from './stops.ts';

export interface FactsContext {
  readonly texts: Catalogue;
  readonly language: Language;
  /** Wall clock. */
  readonly nowMs: number;
}

export interface StripCell {
  readonly cell: 'gate' | 'network' | 'waiting' | 'list' | 'clock';
  readonly label: string;
  readonly value: string;
  /** Something here is not as it should be. */
  readonly isTrouble: boolean;
}

export function stripCells(
  state: TabletState,
  place: GatePlace | null,
  context: FactsContext,
): readonly StripCell[] {
  const { texts, language, nowMs } = context;
  const { trust, network, waiting, clock } = state;
  const site = trust?.held.site ?? null;
  const gateName = site?.gates.find(({ id }) => id === place?.gate)?.name ?? '';
  const direction = place === null ? '' : textsFor(language).directions[place.direction];
  const time = clockTime(nowMs, site, textsFor(language));
  const clockLabels = {
    good: texts.strip.clock,
    behind: texts.strip.clockBehind,
    ahead: texts.strip.clockAhead,
  };
  return [
    { cell: 'gate', label: site?.name ?? '', value: `${gateName} · ${direction}`, isTrouble: false },
    {
      cell: 'network',
      label: texts.strip.network,
      value: network.isReachable ? texts.strip.on : texts.strip.offFor(sinceText(network.sinceMs, context)),
      isTrouble: !network.isReachable,
    },
    { cell: 'waiting', label: texts.strip.waiting, value: formatCount(waiting, language), isTrouble: false },
    {
      cell: 'list',
      label: texts.strip.listAge,
      value: trust === null ? texts.strip.noList : describeAge(trust.ageSeconds, textsFor(language)),
      isTrouble: trust === null || trust.state === 'stale' || trust.state === 'dead',
    },
    { cell: 'clock', label: clockLabels[clock], value: time, isTrouble: clock !== 'good' },
  ];
}

export interface StartRow {
  readonly row: 'network' | 'waiting' | 'list' | 'clock' | 'storage';
  readonly name: string;
  readonly text: string;
  readonly sign: SignKind;
  readonly isTrouble: boolean;
  readonly key?:
    | { readonly word: string; readonly does: 'refresh' }
    | { readonly word: string; readonly does: 'recover'; readonly stop: Stop };
}

export function startRows(state: TabletState, context: FactsContext): readonly StartRow[] {
  return [
    networkRow(state, context),
    waitingRow(state, context),
    listRow(state, context),
    clockRow(state, context),
    storageRow(state, context),
  ];
}

function networkRow({ network }: TabletState, context: FactsContext): StartRow {
  const { start } = context.texts;
  return {
    row: 'network',
    name: start.network,
    text: network.isReachable ? start.reachable : start.unreachable(sinceText(network.sinceMs, context)),
    sign: network.isReachable ? 'admit' : 'unverifiable',
    isTrouble: false,
  };
}

function waitingRow({ waiting }: TabletState, { texts, language }: FactsContext): StartRow {
  const row = { row: 'waiting', name: texts.start.waiting, isTrouble: false } as const;
  if (waiting === 0) return { ...row, text: texts.start.nothingWaits, sign: 'admit' };
  const key = { word: texts.start.sendNow, does: 'refresh' } as const;
  return { ...row, text: texts.start.scansWait(formatCount(waiting, language)), sign: 'check', key };
}

function listRow({ trust, trustTrouble }: TabletState, { texts, language }: FactsContext): StartRow {
  const { start } = texts;
  const row = { row: 'list', name: start.list } as const;
  const key = { word: start.fetchNow, does: 'refresh' } as const;
  if (trust === null) {
    const text = trustTrouble === null ? start.noList : texts.banner.listTrouble(trustTrouble);
    return { ...row, text, sign: 'refuse', isTrouble: true, key };
  }
  if (trustTrouble !== null) {
    return { ...row, text: start.listTrouble(trustTrouble), sign: 'check', isTrouble: true, key };
  }
  const age = describeAge(trust.ageSeconds, textsFor(language));
  switch (trust.state) {
    case 'fresh':
      return { ...row, text: start.listFresh(age), sign: 'admit', isTrouble: false };
    case 'ageing':
      return { ...row, text: start.listAgeing(age), sign: 'check', isTrouble: false, key };
    case 'stale':
      return { ...row, text: start.listStale(age), sign: 'check', isTrouble: true, key };
    case 'dead':
      return { ...row, text: start.listDead(age), sign: 'refuse', isTrouble: true, key };
  }
}

function clockRow({ clock, trust }: TabletState, { texts }: FactsContext): StartRow {
  const { start } = texts;
  const row = { row: 'clock', name: start.clock } as const;
  // Without a signed time there is nothing to hold the clock against.
  if (trust === null) return { ...row, text: start.clockUnknown, sign: 'unverifiable', isTrouble: false };
  if (clock === 'good') return { ...row, text: start.clockGood, sign: 'admit', isTrouble: false };
  return {
    ...row,
    text: clock === 'behind' ? start.clockBehind : start.clockAhead,
    sign: 'check',
    isTrouble: true,
  };
}

function storageRow({ storage, log }: TabletState, { texts }: FactsContext): StartRow {
  const { start, stopped } = texts;
  const row = { row: 'storage', name: start.storage } as const;
  const bad = { ...row, sign: 'refuse', isTrouble: true } as const;
  switch (log) {
    case 'vanished':
      return {
        ...bad,
        text: start.logVanished,
        key: { word: start.beginNewLog, does: 'recover', stop: { why: 'log-vanished' } },
      };
    case 'broken':
      return {
        ...bad,
        text: start.logBroken,
        key: { word: start.beginNewLog, does: 'recover', stop: { why: 'log-broken' } },
      };
    case 'blocked':
      return { ...bad, text: start.logBlocked, key: { word: stopped.logBlocked.key, does: 'refresh' } };
    case 'open':
      break;
  }
  if (storage === 'full')
    return { ...bad, text: start.storageFull, key: { word: start.sendNow, does: 'refresh' } };
  if (storage === 'low') return { ...row, text: start.storageLow, sign: 'check', isTrouble: true };
  return { ...row, text: start.storageOk, sign: 'admit', isTrouble: false };
}

/** The line above Start shift. */
export function startAdvice(state: TabletState, place: GatePlace | null, context: FactsContext): string {
  const { start } = context.texts;
  if (stopOfState(state) !== null) return start.notReady;
  if (place === null) return start.chooseGate;
  return startRows(state, context).some(({ isTrouble }) => isTrouble) ? start.readyWithDoubt : start.ready;
}

/** Troubles that change verdicts or endanger records, in words, under the strip. */
export function troubleBanners(state: TabletState, { texts, language }: FactsContext): readonly string[] {
  const { banner } = texts;
  const { trust, clock, storage, trustTrouble } = state;
  const age = trust === null ? '' : describeAge(trust.ageSeconds, textsFor(language));
  const lines = [
    trust?.state === 'stale' && banner.listStale(age),
    trust?.state === 'dead' && banner.listDead(age),
    trustTrouble !== null && banner.listTrouble(trustTrouble),
    clock === 'behind' && banner.clockBehind,
    clock === 'ahead' && banner.clockAhead,
    storage === 'low' && banner.storageLow,
  ];
  return lines.filter((line) => line !== false);
}

const sinceText = (sinceMs: number, { nowMs, language }: FactsContext): string =>
  describeAge((nowMs - sinceMs) / 1000, textsFor(language));
