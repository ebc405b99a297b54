// What an auditor finds in a log that went through the server's own ingest, whatever the storage is made of.

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, joinBytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import { type AuditKeys, auditLogs } from '../../src/core/log/sealed/audit-log.ts';
import { type DroppedRun, signDroppedRun } from '../../src/core/log/sealed/dropped-days.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import { parseLogFile } from '../../src/core/log/sealed/log-file.ts';
import { exportLogs } from '../../src/server/log-export.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import {
  createSealedServer,
  createSealedTablet,
  type SealedServer,
  type SealedTablet,
} from '../support/sealed-tablet.ts';
import { hashOf, scanOf, TEST_DAY } from '../support/test-batch.ts';
import type { StorageUnderTest } from './storage.contract.ts';

const SITE = 'lindenhof';

export function logAuditContract(name: string, { openEmpty }: StorageUnderTest): void {
  describe(name, () => {
    let storage: Storage;
    let server: SealedServer;
    let tablet: SealedTablet;

    beforeEach(async () => {
      storage = (await openEmpty()).storage;
      await storage.migrate();
      server = await createSealedServer(storage);
      tablet = await createSealedTablet(1);
      server.enrol(tablet);
      return () => storage.close();
    });

    const fill = async (count: number, of: SealedTablet = tablet) => {
      for (let at = 0; at < count; at++) await of.add(scanOf());
    };
    const hashAt = (seq: number) => hashOf(tablet.envelopes[seq - 1] ?? new Uint8Array());
    const put = (seq: number, envelope: Bytes) => tablet.envelopes.splice(seq - 1, 1, envelope);
    const seqsHeld = async () => (await storage.readLog(tablet.identity, 0, 1000)).map(({ seq }) => seq);

    describe('a log for an auditor', () => {
      const auditOf = async (using: Partial<AuditKeys> = {}, change = (bytes: Bytes) => bytes) => {
        const parts: Bytes[] = [];
        for await (const part of exportLogs(SITE, storage)) parts.push(part);
        const logs = parseLogFile(change(joinBytes(parts)));
        if (!logs.ok) throw new Error(logs.error);
        const keys: AuditKeys = {
          receiptKeys: [server.receiptSigner.publicKey],
          deviceKeysOf: ({ device }) => (device === tablet.identity.device ? [tablet.signer.publicKey] : []),
          receiptsElsewhere: [],
          ...using,
        };
        return auditLogs(logs.value, keys, server.tools.engine);
      };

      it('is sound, batch by batch', async () => {
        await fill(700);
        await server.take(await tablet.batch(1, 300));
        await server.take(await tablet.batch(301, 301));
        await server.take(await tablet.batch(290, 700));
        expect(await auditOf()).toMatchObject([
          { isSound: true, envelopes: 700, signedUpTo: 700, receiptedUpTo: 700 },
        ]);
        await expect(auditOf({}, (bytes) => bytes.slice(0, -8))).rejects.toThrow('log-file-cut');
      });

      it('names what was put apart, forks, holes and gaps, and nothing else', async () => {
        await fill(12);
        const second = parseSealedEnvelope(tablet.envelopes[1] ?? new Uint8Array());
        if (!second.ok) throw new Error(second.error);
        put(2, encodeSealedEnvelope({ ...second.value, sealed: new Uint8Array(144) }));
        put(4, utf8ToBytes('torn'));
        await server.take(await tablet.batch(1, 6));
        const restored = await createSealedTablet(1, { seed: 'after the restore' });
        await fill(6, restored);
        await server.take(await restored.batch(5, 6));
        const lost = await signReceipt(
          { ...tablet.identity, upTo: 7, head: hashAt(7), quarantined: [], serverTime: 1 },
          server.receiptSigner,
        );
        await server.take(await tablet.batch(8, 8, lost));
        await server.take(await tablet.batch(11, 12));
        expect(await auditOf()).toMatchObject([
          {
            isSound: false,
            fault: null,
            putApart: [{ seq: 2 }, { seq: 4 }],
            forks: [{ seq: 5 }, { seq: 6 }],
            gaps: [
              { from: 7, to: 7, reason: 'lost-here' },
              { from: 9, to: 10, reason: 'never-came' },
            ],
            lostFromQuarantine: [],
            badWords: [],
            otherThanSigned: [],
            sessionMisuses: [],
          },
        ]);
      });

      it('can be audited behind the days that were dropped, by the server’s word alone', async () => {
        const sign = (run: DroppedRun) => signDroppedRun(run, server.receiptSigner);
        for (const day of ['2026-03-01', '2026-03-01', TEST_DAY, '2026-03-01', TEST_DAY])
          await tablet.add(scanOf(), day);
        await server.take(await tablet.batch(1));
        expect(await storage.listDays()).toEqual(['2026-03-01', TEST_DAY]);
        await storage.dropDay('2026-03-01', sign);
        expect(await storage.listDays()).toContain(TEST_DAY);
        expect(await seqsHeld()).toEqual([3, 5]);
        expect(await auditOf()).toMatchObject([
          {
            isSound: true,
            envelopes: 2,
            dropped: [
              { day: '2026-03-01', from: 1, to: 2 },
              { day: '2026-03-01', from: 4, to: 4 },
            ],
          },
        ]);
        expect(await auditOf({ receiptKeys: [tablet.signer.publicKey.bytes] })).toMatchObject([
          { isSound: false, fault: { seq: 1, reason: 'missing' } },
        ]);
        await storage.dropDay(TEST_DAY, sign);
        expect(await auditOf()).toMatchObject([{ isSound: true, envelopes: 0, receiptedUpTo: 5 }]);
        await tablet.add(scanOf());
        expect((await server.take(await tablet.batch(6))).quarantined).toEqual([]);
        expect(await auditOf()).toMatchObject([{ isSound: true, envelopes: 1 }]);
        expect((await server.take(await tablet.batch(1, 5))).added).toBe(0);
      });
    });
  });
}
