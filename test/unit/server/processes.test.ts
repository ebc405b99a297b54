// Which processes count as alive: a lock that a dead one left must not hold for ever.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive, startMarkOf } from '../../../src/server/processes.ts';

describe('a process', () => {
  it('is alive while it runs, and has one start mark', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(startMarkOf(process.pid)).not.toBe('');
    expect(startMarkOf(process.pid)).toBe(startMarkOf(process.pid));
  });

  it('is not alive when it is gone', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))('is not alive when it only waits to be collected', async () => {
    // The shell becomes a sleep, which never asks for the child it was left.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      expect(isAlive(pid)).toBe(true);
      await sleep(500);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
      expect(isAlive(pid)).toBe(false);
    } finally {
      parent.kill();
    }
  });
});
