// Under which names this server answers, and which pages may send it something. Another name could be made to point here
// by any web page (DNS rebinding), which would then read the console.

import type { PublicOrigin } from '../core/identity/public-origin.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** `host` as the Host header has it, port included. */
export const isOwnHost = (host: string, publicOrigin: PublicOrigin): boolean =>
  host === publicOrigin.authority || isLoopbackHost(host);

/** This machine by one of its own names, at any port: a name that nobody else's server can have. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK.has(host.replace(/:\d{1,5}$/, ''));

/** The origin of a page that this server itself handed out when it was asked by that host. */
export const originAt = (host: string, publicOrigin: PublicOrigin): string =>
  host === publicOrigin.authority ? publicOrigin.text : `http://${host}`;
