// The operator's door: whoever can read this file in the data folder is the one who runs the server, and counts as owner.
// The token is new at each start and good on this machine alone; commands of `gatelight` come by it.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { encodeHex } from '../core/bytes/hex.ts';
import { isSameSecret } from '../core/identity/same-secret.ts';
import { isLoopbackHost } from './own-hosts.ts';
import { removeWhole, writeWhole } from './whole-file.ts';

export const OPERATOR_FILE = 'operator.json';

/** What the file says, as JSON. */
export interface OperatorAddress {
  /** "http://127.0.0.1:4173" */
  readonly origin: string;
  /** 64 hex digits. */
  readonly token: string;
}

export interface OperatorDoor {
  /** Whether a request comes from the operator. */
  isOperator(request: OperatorRequest): boolean;
  /** Tells the operator's commands where the server listens. */
  open(port: number): Promise<void>;
  /** Takes the file away: there is nobody to talk to. */
  close(): Promise<void>;
}

export interface OperatorRequest {
  readonly authorization: string | undefined;
  readonly host: string;
  /** Of the connection; undefined when a test asks the routes directly. */
  readonly remoteAddress: string | undefined;
}

const FILE_MODE = 0o600;
const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

export function createOperatorDoor(dataDir: string): OperatorDoor {
  const token = encodeHex(new Uint8Array(randomBytes(32)));
  const expected = new TextEncoder().encode(`Bearer ${token}`);
  const path = join(dataDir, OPERATOR_FILE);
  return {
    isOperator({ authorization, host, remoteAddress }) {
      if (authorization === undefined || !isLoopbackHost(host)) return false;
      if (remoteAddress !== undefined && !LOOPBACK_ADDRESS.test(remoteAddress)) return false;
      return isSameSecret(new TextEncoder().encode(authorization), expected);
    },
    async open(port) {
      const address: OperatorAddress = { origin: `http://127.0.0.1:${port}`, token };
      await writeWhole(path, `${JSON.stringify(address)}\n`, { mode: FILE_MODE });
    },
    close: () => removeWhole(path),
  };
}
