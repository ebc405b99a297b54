// The certificate and its key, out of files that somebody else renews: looked at every minute, and put to use when they
// changed and fit each other. Until then the old ones stay.

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { errorText } from '../core/error-text.ts';

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface TlsFiles {
  /** Throws a sentence where they cannot be used. */
  read(): Certificate;
  /** Calls back with each change; returns how to stop. */
  watch(onChange: (certificate: Certificate) => void): () => void;
}

const LOOK_MS = 60_000;

export function openTlsFiles(
  certFile: string,
  keyFile: string,
  say: (line: string) => void,
  lookMs = LOOK_MS,
): TlsFiles {
  const read = (): Certificate => {
    const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(certificate);
    return certificate;
  };
  return {
    read() {
      try {
        return read();
      } catch (error) {
        throw new Error(`${certFile} and ${keyFile} cannot be used: ${errorText(error)}`, { cause: error });
      }
    },
    watch(onChange) {
      let held = read();
      let trouble = '';
      const timer = setInterval(() => {
        try {
          const found = read();
          trouble = '';
          if (found.cert.equals(held.cert) && found.key.equals(held.key)) return;
          held = found;
          onChange(found);
          say(`${certFile} was renewed`);
        } catch (error) {
          // A renewal writes one file after the other: said once, and looked at again.
          const text = errorText(error);
          if (text !== trouble) say(`${certFile} and ${keyFile} cannot be used, the old ones stay: ${text}`);
          trouble = text;
        }
      }, lookMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
