// Where a server is heard and by whom: on this machine alone, or beyond it by TLS, its own or a proxy's. Whatever would
// carry passwords or records in clear over a network is refused.

import { resolve } from 'node:path';
import { type PublicOrigin, parsePublicOrigin } from '../core/identity/public-origin.ts';
import { type ListenPlace, LOOPBACK } from '../server/listen.ts';
import { openTlsFiles } from '../server/tls-files.ts';
import { wholeNumber } from './arguments.ts';
import { UsageError } from './command.ts';

export const PLACE_OPTIONS = {
  port: { type: 'string', default: '4173' },
  listen: { type: 'string', default: LOOPBACK },
  'public-origin': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'behind-proxy': { type: 'boolean', default: false },
} as const;

export const PLACE_USAGE = `  --port N         the port (4173); a busy one moves to the next on this machine alone, 0 takes any
  --public-origin ORIGIN
                   where browsers and tablets reach it, like https://gate.example; it answers under that name
  --listen ADDRESS where it is heard (127.0.0.1); beyond this machine by TLS or --behind-proxy only
  --tls-cert FILE --tls-key FILE
                   the certificate chain and its key (PEM); looked at again when they change
  --behind-proxy   a proxy does the TLS (docs/PROXY.md), and nobody else reaches ADDRESS`;

export interface PlaceValues {
  readonly demo: boolean;
  readonly port: string;
  readonly listen: string;
  readonly 'public-origin'?: string | undefined;
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
  readonly 'behind-proxy': boolean;
}

export interface ServePlace {
  readonly place: ListenPlace;
  /** Null: this machine's own name. */
  readonly publicOrigin: PublicOrigin | null;
}

const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1)$/;
const ADDRESS = /^[0-9a-f.:]{2,45}$/i;

/** Throws UsageError for what would be heard in clear, or by nobody. */
export function choosePlace(values: PlaceValues, say: (line: string) => void): ServePlace {
  const { listen: host, 'tls-cert': cert, 'tls-key': key, 'behind-proxy': isBehindProxy } = values;
  const port = wholeNumber('--port', values.port, 65_535);
  const publicOrigin = parseOrigin(values['public-origin']);
  const isSecure = publicOrigin?.text.startsWith('https:') === true;
  if (!ADDRESS.test(host)) throw new UsageError(`--listen takes an address like 0.0.0.0, not "${host}"`);
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--tls-cert and --tls-key come together');
  const isTls = cert !== undefined && key !== undefined;
  if (isTls && isBehindProxy) throw new UsageError('the TLS is this server’s own, or a proxy’s: not both');
  const isBeyond = !LOOPBACK_ADDRESS.test(host);
  if (values.demo && (isBeyond || isSecure || isTls))
    throw new UsageError('--demo lets everybody in: it is for this machine alone');
  if (isBeyond && !isTls && !isBehindProxy)
    throw new UsageError('--listen beyond this machine needs --tls-cert and --tls-key, or --behind-proxy');
  if ((isBeyond || isTls || isBehindProxy) && !isSecure)
    throw new UsageError('say --public-origin https://NAME: it is what tablets sign for');
  if (isSecure && !isTls && !isBehindProxy)
    throw new UsageError('an https origin needs --tls-cert and --tls-key, or --behind-proxy');
  const tls = isTls ? openTlsFiles(resolve(cert), resolve(key), say) : null;
  return { place: { host, port, mayMove: publicOrigin === null, tls }, publicOrigin };
}

function parseOrigin(text: string | undefined): PublicOrigin | null {
  if (text === undefined) return null;
  const origin = parsePublicOrigin(text);
  if (origin.ok) return origin.value;
  throw new UsageError(`--public-origin takes an origin like https://gate.example, not "${text}"`);
}
