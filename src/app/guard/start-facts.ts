// What is known of the tablet, as the start screen's rows. What is not known is not said.

import { clippingText } from '../../core/trust/settings/clip-policy.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { describeAge, timeTextsFor } from '../../core/verdict/moments.ts';
import type { GatePlace, TabletState } from '../../device/tablet.ts';
import type { SignKind } from '../parts/signs.tsx';
import type { StartTexts } from '../parts/texts/catalogue.ts';
import type { Language } from '../parts/texts/languages.ts';
import { formatCount } from '../parts/times.ts';
import { type Stop, stopOfState } from './stops.ts';

export interface StartContext {
  readonly texts: StartTexts;
  readonly language: Language;
  /** Wall clock. */
  readonly nowMs: number;
}

export interface StartRow {
  readonly row: 'tablet' | 'network' | 'waiting' | 'list' | 'settings' | 'clock' | 'storage';
  readonly name: string;
  readonly text: string;
  /** For the person who looks into it, line by line. */
  readonly details?: readonly string[];
  readonly sign: SignKind;
  readonly isTrouble: boolean;
  readonly key?:
    | { readonly word: string; readonly does: 'refresh' | 'settings' | 'save' }
    | { readonly word: string; readonly does: 'recover'; readonly stop: Stop };
}

export function startRows(state: TabletState, context: StartContext): readonly StartRow[] {
  return [
    networkRow(state, context),
    waitingRow(state, context),
    listRow(state, context),
    ...settingsRows(state, context),
    clockRow(state, context),
    storageRow(state, context),
    tabletRow(state, context),
  ];
}

function tabletRow({ identity, hasPin }: TabletState, { texts }: StartContext): StartRow {
  const row = { row: 'tablet', name: texts.tablet } as const;
  if (identity === 'revoked') {
    const key = { word: texts.setUp, does: 'recover', stop: { why: 'revoked' } } as const;
    return { ...row, text: texts.tabletRevoked, sign: 'refuse', isTrouble: true, key };
  }
  const text = hasPin ? texts.tabletWithPin : texts.tabletWithoutPin;
  return {
    ...row,
    text,
    sign: 'admit',
    isTrouble: false,
    key: { word: texts.settingsKey, does: 'settings' },
  };
}

function networkRow({ network }: TabletState, context: StartContext): StartRow {
  const { texts, language, nowMs } = context;
  return {
    row: 'network',
    name: texts.network,
    text: network.isReachable
      ? texts.reachable
      : texts.unreachable(sinceText(network.sinceMs, nowMs, language)),
    sign: network.isReachable ? 'admit' : 'unverifiable',
    isTrouble: false,
  };
}

function waitingRow({ waiting, identity }: TabletState, { texts, language }: StartContext): StartRow {
  const row = { row: 'waiting', name: texts.waiting, isTrouble: false } as const;
  if (waiting === 0) return { ...row, text: texts.nothingWaits, sign: 'admit' };
  // A server that has revoked this tablet takes nothing of it but a file.
  const isRevoked = identity === 'revoked';
  const key = isRevoked
    ? ({ word: texts.saveFile, does: 'save' } as const)
    : ({ word: texts.sendNow, does: 'refresh' } as const);
  return { ...row, text: texts.scansWait(formatCount(waiting, language)), sign: 'check', key };
}

function listRow(
  { trust, trustTrouble, hasDayKey }: TabletState,
  { texts, language }: StartContext,
): StartRow {
  const row = { row: 'list', name: texts.list } as const;
  const key = { word: texts.fetchNow, does: 'refresh' } as const;
  if (trust === null) {
    const text = trustTrouble === null ? texts.noList : texts.listRefused(trustTrouble);
    return { ...row, text, sign: 'refuse', isTrouble: true, key };
  }
  if (!hasDayKey) return { ...row, text: texts.noDayKey, sign: 'refuse', isTrouble: true, key };
  if (trustTrouble !== null) {
    return { ...row, text: texts.listTrouble(trustTrouble), sign: 'check', isTrouble: true, key };
  }
  const isKnowledgeOld = trust.state === 'stale' || trust.state === 'dead';
  if (!isKnowledgeOld && lacksLists(trust.held))
    return { ...row, text: texts.listsMissing, sign: 'check', isTrouble: true, key };
  const age = describeAge(trust.ageSeconds, timeTextsFor(language));
  switch (trust.state) {
    case 'fresh':
      return { ...row, text: texts.listFresh(age), sign: 'admit', isTrouble: false };
    case 'ageing':
      return { ...row, text: texts.listAgeing(age), sign: 'check', isTrouble: false, key };
    case 'stale':
      return { ...row, text: texts.listStale(age), sign: 'check', isTrouble: true, key };
    case 'dead':
      return { ...row, text: texts.listDead(age), sign: 'refuse', isTrouble: true, key };
  }
}

/** Whether an issuer publishes a list of withdrawn passes that never came here. */
const lacksLists = ({ issuers }: Trust): boolean =>
  issuers.some(({ status }) => status !== 'none' && [...status.values()].includes(null));

/** Only where the site's server asks for more than it may. */
function settingsRows({ trust }: TabletState, { texts, language }: StartContext): readonly StartRow[] {
  const clippings = trust?.held.clippings ?? [];
  if (clippings.length === 0) return [];
  const text = texts.clipped(formatCount(clippings.length, language));
  const details = clippings.map(clippingText);
  return [{ row: 'settings', name: texts.settings, text, details, sign: 'check', isTrouble: false }];
}

function clockRow({ clock, trust }: TabletState, { texts }: StartContext): StartRow {
  const row = { row: 'clock', name: texts.clock } as const;
  // Without a signed time there is nothing to hold the clock against.
  if (trust === null) return { ...row, text: texts.clockUnknown, sign: 'unverifiable', isTrouble: false };
  if (clock === 'good') return { ...row, text: texts.clockGood, sign: 'admit', isTrouble: false };
  return {
    ...row,
    text: clock === 'behind' ? texts.clockBehind : texts.clockAhead,
    sign: 'check',
    isTrouble: true,
  };
}

function storageRow({ storage, log }: TabletState, { texts }: StartContext): StartRow {
  const row = { row: 'storage', name: texts.storage } as const;
  const bad = { ...row, sign: 'refuse', isTrouble: true } as const;
  switch (log) {
    case 'vanished':
      return {
        ...bad,
        text: texts.logVanished,
        key: { word: texts.beginNewLog, does: 'recover', stop: { why: 'log-vanished' } },
      };
    case 'broken':
      return {
        ...bad,
        text: texts.logBroken,
        key: { word: texts.beginNewLog, does: 'recover', stop: { why: 'log-broken' } },
      };
    case 'blocked':
      return { ...bad, text: texts.logBlocked, key: { word: texts.tryAgain, does: 'refresh' } };
    case 'open':
      break;
  }
  if (storage === 'full')
    return { ...bad, text: texts.storageFull, key: { word: texts.sendNow, does: 'refresh' } };
  if (storage === 'low') return { ...row, text: texts.storageLow, sign: 'check', isTrouble: true };
  return { ...row, text: texts.storageOk, sign: 'admit', isTrouble: false };
}

/** The line above Start shift. */
export function startAdvice(state: TabletState, place: GatePlace | null, context: StartContext): string {
  const { texts } = context;
  if (stopOfState(state) !== null) return texts.notReady;
  if (place === null) return texts.chooseGate;
  return startRows(state, context).some(({ isTrouble }) => isTrouble) ? texts.readyWithDoubt : texts.ready;
}

export const sinceText = (sinceMs: number, nowMs: number, language: Language): string =>
  describeAge((nowMs - sinceMs) / 1000, timeTextsFor(language));
