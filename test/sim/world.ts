// One run: tablets, tabs, one server, and a plan of what happens to them; the promises are looked at after every step, and
// at the end, with every fault healed, everything must drain.

import { auditEnd, fingerprint } from './audit-end.ts';
import { Chance } from './chance.ts';
import { FaultCounts, type LastingFault, LINK_FAULTS, type LinkFault, type Strike } from './faults.ts';
import { forkName, Ledger, type Violation } from './ledger.ts';
import { ModelDisk } from './model-disk.ts';
import type { Mutation } from './mutation.ts';
import { type Plan, type Step, stepText } from './plan.ts';
import type { SimKeys } from './sim-keys.ts';
import { SimLink } from './sim-link.ts';
import { type ServerWorld, SimServer } from './sim-server.ts';
import { LOG_LOCK, SYNC_LOCK } from './sim-tab.ts';
import { SimTablet } from './sim-tablet.ts';
import { VirtualTime } from './virtual-time.ts';

export interface RunResult {
  readonly violation: (Violation & { readonly step: number }) | null;
  readonly counts: FaultCounts;
  readonly story: readonly string[];
  readonly given: number;
  readonly destroyed: number;
  /** Lost by a restored server in runs of which no tablet sent more: nobody can be told. */
  readonly unalarmed: number;
  readonly events: number;
  readonly virtualMs: number;
  /** Of what the server holds in the end. */
  readonly fingerprint: string;
}

const START_MS = Date.UTC(2026, 2, 2, 8);
const YEAR_MS = 365.25 * 86_400_000;
const MAX_CLOCK_YEARS = 10;
const MOMENT_MS = 50;
const MAX_KILL_POINTS = 12;
/** Long enough for a write to be at hand, flushed or not. */
const MID_WRITE_MS = [0, 60] as const;
/** Faults over: the longest rest of an engine that nobody wakes, and a little. */
const ROUND_MS = 80 * 60_000;
const MAX_ROUNDS = 3;
const FIRST_TRIES_MS = 60_000;
/** Until the last delayed copy has arrived. */
const STRAGGLERS_MS = 8 * 86_400_000;
const MAX_PLANNED_EVENTS = 20_000;

export class World {
  readonly #chance: Chance;
  readonly #time: VirtualTime;
  readonly #counts = new FaultCounts();
  readonly #ledger = new Ledger();
  readonly #story: string[] = [];
  readonly #server: SimServer;
  readonly #keys: SimKeys;
  readonly #tablets: readonly SimTablet[];
  readonly #lasting: { readonly tablet: SimTablet; readonly fault: LastingFault }[] = [];
  #unalarmed = 0;

  constructor(
    readonly plan: Plan,
    keys: SimKeys,
    mutation: Mutation,
    isBusy: () => boolean,
  ) {
    this.#keys = keys;
    this.#time = new VirtualTime(START_MS, isBusy);
    this.#chance = new Chance(plan.seed + 0.5 * 2 ** 32);
    const world: ServerWorld = {
      time: this.#time,
      chance: this.#chance,
      counts: this.#counts,
      ledger: this.#ledger,
      mutation,
      keys,
      tell: (line) => this.#tell(line),
    };
    this.#server = new SimServer(world);
    this.#tablets = plan.tabs.map((tabCount, at) => {
      const name = `T${at + 1}`;
      const disk = new ModelDisk(this.#time, this.#chance.branch(), {
        onAppend: (before, after, envelope) => this.#ledger.append(before.head, after.identity, envelope),
        onDelete: (record) => this.#ledger.delete(record),
        onFull: () => this.#counts.add('disk-full'),
        onBlocked: () => this.#counts.add('database-blocked'),
      });
      return new SimTablet({ name, world, disk, link: new SimLink(world, name, this.#server) }, tabCount);
    });
  }

  async run(): Promise<RunResult> {
    for (const tablet of this.#tablets) tablet.tabs[0]?.open();
    let step = 0;
    for (const planned of this.plan.steps) {
      step += 1;
      this.#story.push(`step ${step}: ${stepText(planned)}`);
      this.#do(planned);
      await this.#time.pass(planned.kind === 'wait' ? planned.ms : this.#chance.magnitude(1, MOMENT_MS));
      if (this.#look()) return this.#result(step);
    }
    this.#story.push('the end: every fault heals');
    await this.#drain();
    return this.#result(step + 1);
  }

  #do(step: Step): void {
    switch (step.kind) {
      case 'scan':
        for (let time = 0; time < step.times; time++) this.#tab(step)?.scan();
        return;
      case 'wait':
        return;
      case 'begin':
        this.#begin(this.#tablet(step.tablet), step.fault, step.amount);
        return;
      case 'heal':
        this.#heal(Math.floor(step.pick * this.#lasting.length));
        return;
      case 'strike':
        this.#strike(step, step.strike);
        return;
      case 'open':
        for (const tab of step.isWithAll ? this.#tablet(step.tablet).tabs : [this.#tab(step)]) tab?.open();
        return;
      case 'lock':
        this.#tab(step)?.lock();
        return;
      case 'wake':
        this.#tab(step)?.wake('online');
        return;
    }
  }

  #begin(tablet: SimTablet, fault: LastingFault, amount: number): void {
    const { disk, link } = tablet.parts;
    if (isLinkFault(fault)) link.faults.add(fault);
    if (fault === 'disk-full') disk.writesLeft = Math.floor(amount * 12);
    if (fault === 'database-blocked') disk.isBlocked = true;
    if (fault === 'clock-wrong') {
      tablet.clockOffsetMs = Math.round((amount * 2 - 1) * MAX_CLOCK_YEARS * YEAR_MS);
      this.#counts.add('clock-wrong');
    }
    if (fault === 'key-revoked') this.#revoke(tablet);
    this.#lasting.push({ tablet, fault });
  }

  #revoke({ parts: { disk } }: SimTablet): void {
    if (disk.identity === null) return;
    this.#server.register.revoke(disk.identity.device, this.#server.nowSeconds);
    this.#counts.add('key-revoked');
  }

  #heal(at: number): void {
    const [healed] = this.#lasting.splice(at, 1);
    if (healed === undefined) return;
    const { tablet, fault } = healed;
    if (this.#lasting.some((other) => other.tablet === tablet && other.fault === fault)) return;
    const { disk, link } = tablet.parts;
    if (isLinkFault(fault)) link.faults.delete(fault);
    if (fault === 'disk-full') {
      disk.writesLeft = null;
      tablet.refillReserve();
    }
    if (fault === 'database-blocked') disk.isBlocked = false;
    if (fault === 'clock-wrong') tablet.clockOffsetMs = 0;
    // A manager enrols it again: the pages that are open do so at their next opening.
    if (fault === 'key-revoked' && tablet.isRefused) tablet.endTabs();
    this.#tell(`${tablet.parts.name}: ${fault} is over`);
  }

  #strike(step: Extract<Step, { kind: 'strike' }>, strike: Strike): void {
    if (this.#strikes(step, strike) && strike !== 'server-killed-after-commit') this.#counts.add(strike);
  }

  /** Whether there was anything to strike. */
  #strikes(step: Extract<Step, { kind: 'strike' }>, strike: Strike): boolean {
    const tablet = this.#tablet(step.tablet);
    const { disk } = tablet.parts;
    const { tables } = this.#server;
    switch (strike) {
      case 'tab-killed': {
        const tab = this.#tab(step);
        if (tab?.isAlive !== true) return false;
        tab.killAt(1 + Math.floor(step.amount * MAX_KILL_POINTS));
        tab.scan();
        return true;
      }
      case 'power-cut':
        this.#scanInAll(tablet);
        this.#time.after(this.#chance.between(...MID_WRITE_MS), () => this.#cutPower(tablet));
        return true;
      case 'database-deleted':
        disk.deleteDatabase();
        this.#ledger.excuseDestroyed(disk, tables);
        return true;
      case 'record-damaged': {
        const damage = disk.damageRecord();
        if (damage === null) return false;
        this.#ledger.damage(damage.before, damage.after);
        return true;
      }
      case 'record-lost':
        return this.#loseRecord(tablet, step.amount);
      case 'lock-stolen':
        this.#scanInAll(tablet);
        this.#time.after(this.#chance.between(...MID_WRITE_MS), () => {
          if (tablet.locks.steal(step.amount < 0.5 ? LOG_LOCK : SYNC_LOCK)) this.#counts.add('lock-stolen');
        });
        return false;
      case 'server-killed':
        return this.#server.kill();
      case 'server-killed-after-commit':
        this.#server.isDyingAfterCommit = true;
        return true;
      case 'server-backed-up':
        this.#server.backUp();
        return true;
      case 'server-restored':
        return this.#server.restore();
      case 'stale-replica':
        return this.#server.failOver();
      case 'key-rotated':
        return this.#rotateKey(step);
      case 'new-version':
        return this.#renewProgram(tablet);
      case 'tablet-imaged':
        disk.takeImage();
        return true;
      case 'tablet-restored':
        return this.#restoreTablet(step.amount);
    }
  }

  /** What a strike in the middle of writing needs. */
  #scanInAll({ tabs }: SimTablet): void {
    for (const tab of tabs) tab.scan();
  }

  #cutPower(tablet: SimTablet): void {
    tablet.endTabs();
    const { lost, isTorn } = tablet.parts.disk.cutPower();
    this.#tell(`${tablet.parts.name} has no power, and lost ${lost} writes that were not flushed`);
    this.#counts.add('write-lost', lost);
    if (isTorn) this.#counts.add('last-write-torn');
  }

  #loseRecord({ parts: { disk } }: SimTablet, amount: number): boolean {
    const given = disk.records.filter(({ key }) => this.#ledger.isGiven(key));
    const lost = given[Math.floor(amount * given.length)];
    if (lost === undefined) return false;
    disk.dropRecord(lost);
    this.#ledger.tainted.add(forkName(lost.identity));
    this.#ledger.excuseDestroyed(disk, this.#server.tables);
    return true;
  }

  #rotateKey(step: Extract<Step, { kind: 'strike' }>): boolean {
    const tab = this.#tab(step);
    if (tab?.isOpen !== true) return false;
    const inUse = () => this.#counts.add('key-in-use-replaced');
    tab.rotateKey().then(
      (isReplaced) => isReplaced && inUse(),
      () => {},
    );
    return true;
  }

  /** In the middle of whatever the pages do: their connections close, and they are loaded anew. */
  #renewProgram(tablet: SimTablet): boolean {
    const open = tablet.tabs.filter(({ isOpen }) => isOpen);
    this.#scanInAll(tablet);
    this.#time.after(this.#chance.between(...MID_WRITE_MS), () => {
      tablet.parts.disk.upgrade();
      tablet.endTabs();
      for (const tab of open) tab.open();
    });
    return open.length > 0;
  }

  #restoreTablet(amount: number): boolean {
    const imaged = this.#tablets.filter(({ parts }) => parts.disk.hasImage);
    const tablet = imaged[Math.floor(amount * imaged.length)];
    if (tablet === undefined) return false;
    tablet.endTabs();
    const { disk } = tablet.parts;
    for (const run of disk.restoreImage()) this.#ledger.doubt(run);
    this.#ledger.excuseDestroyed(disk, this.#server.tables);
    this.#tell(`${tablet.parts.name} is as it was when its image was taken`);
    return true;
  }

  /** Heals all in random order, opens every tablet, and waits until nothing waits. */
  async #drain(): Promise<void> {
    while (this.#lasting.length > 0) {
      this.#heal(this.#chance.below(this.#lasting.length));
      await this.#time.pass(this.#chance.magnitude(10, 60_000));
      if (this.#look()) return;
    }
    this.#server.isDyingAfterCommit = false;
    await this.#settle();
    for (const tablet of this.#tablets) tablet.endTabs();
    await this.#time.pass(STRAGGLERS_MS);
    if (this.#look()) return;
    await this.#settle();
    const waiting = this.#waiting();
    if (waiting > 0) this.#ledger.break('everything drains', `${waiting} records still wait`);
    const { tables, register } = this.#server;
    this.#unalarmed = this.#ledger.checkEnd(tables).unalarmed;
    const unsound = await auditEnd(tables, register, this.#keys, this.#ledger.tainted);
    if (unsound !== null) this.#ledger.break('the audit says what is so', unsound);
    this.#look();
  }

  /** Every tablet is open and undisturbed for as long as it can need. */
  async #settle(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      for (const tablet of this.#tablets) {
        if (tablet.isRefused) tablet.endTabs();
        tablet.tabs[0]?.open();
      }
      await this.#time.pass(FIRST_TRIES_MS);
      if (this.#look() || this.#waiting() === 0) return;
      await this.#time.pass(ROUND_MS);
      if (this.#look() || this.#waiting() === 0) return;
    }
  }

  #waiting(): number {
    return this.#tablets.reduce((sum, { parts }) => sum + parts.disk.records.length, 0);
  }

  /** True when a promise was broken. */
  #look(): boolean {
    for (const { tabs } of this.#tablets)
      if (tabs.filter(({ isOpen }) => isOpen).length > 1) this.#counts.add('two-tabs-at-once');
    this.#ledger.check(this.#server.tables);
    if (this.#time.planned > MAX_PLANNED_EVENTS)
      this.#ledger.break('queues are bounded', `${this.#time.planned} events are planned`);
    return this.#ledger.broken !== null;
  }

  #result(step: number): RunResult {
    const { broken } = this.#ledger;
    this.#countSights();
    if (broken !== null) this.#story.push(`BROKEN: ${broken.promise}: ${broken.what}`);
    return {
      violation: broken === null ? null : { ...broken, step },
      counts: this.#counts,
      story: this.#story,
      given: this.#ledger.givenCount,
      destroyed: this.#ledger.destroyedCount,
      unalarmed: this.#unalarmed,
      events: this.#time.happened,
      virtualMs: this.#time.nowMs - START_MS,
      fingerprint: fingerprint(this.#server.tables),
    };
  }

  #countSights(): void {
    for (const { tally, count } of this.#server.tables.talliesByName.values())
      if (tally.what === 'after-the-end') this.#counts.add('arrived-after-the-end', count);
    for (const { forks, gaps } of this.#server.tables.runsByName.values()) {
      this.#counts.add('fork-kept', forks.length);
      this.#counts.add('gap-taken', gaps.length);
    }
  }

  #tablet(at: number): SimTablet {
    const tablet = this.#tablets[at % this.#tablets.length];
    if (tablet === undefined) throw new Error('a world has at least one tablet');
    return tablet;
  }

  #tab({ tablet, tab }: { readonly tablet: number; readonly tab: number }) {
    const { tabs } = this.#tablet(tablet);
    return tabs[tab % tabs.length];
  }

  #tell(line: string): void {
    this.#story.push(`  ${((this.#time.nowMs - START_MS) / 1000).toFixed(3)} s  ${line}`);
  }
}

const isLinkFault = (fault: LastingFault): fault is LinkFault =>
  (LINK_FAULTS as readonly LastingFault[]).includes(fault);
