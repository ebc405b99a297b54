// What is known of the tablet during a shift, as the strip's cells and the banners. What is not known is not said.

import { clockTime, describeAge, timeTextsFor } from '../../core/verdict/moments.ts';
import type { GatePlace, TabletState } from '../../device/tablet.ts';
import type { Catalogue } from '../parts/texts/catalogue.ts';
import type { Language } from '../parts/texts/languages.ts';
import { formatCount } from '../parts/times.ts';
import { sinceText } from './start-facts.ts';

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
  const direction = place === null ? '' : timeTextsFor(language).directions[place.direction];
  const time = clockTime(nowMs, site, timeTextsFor(language));
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
      value: network.isReachable
        ? texts.strip.on
        : texts.strip.offFor(sinceText(network.sinceMs, nowMs, language)),
      isTrouble: !network.isReachable,
    },
    { cell: 'waiting', label: texts.strip.waiting, value: formatCount(waiting, language), isTrouble: false },
    {
      cell: 'list',
      label: texts.strip.listAge,
      value: trust === null ? texts.strip.noList : describeAge(trust.ageSeconds, timeTextsFor(language)),
      isTrouble: trust === null || trust.state === 'stale' || trust.state === 'dead',
    },
    { cell: 'clock', label: clockLabels[clock], value: time, isTrouble: clock !== 'good' },
  ];
}

/** Troubles that change verdicts or endanger records, in words, under the strip. */
export function troubleBanners(state: TabletState, { texts, language }: FactsContext): readonly string[] {
  const { banner } = texts;
  const { trust, clock, storage, trustTrouble } = state;
  const age = trust === null ? '' : describeAge(trust.ageSeconds, timeTextsFor(language));
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
