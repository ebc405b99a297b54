// Headers of every answer, errors too. COEP is left out: nothing here needs shared memory.

import type { PublicOrigin } from '../core/identity/public-origin.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "font-src 'self'",
  "media-src 'self' blob: mediastream:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ALWAYS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

/** Browsers that came by TLS once come by nothing else for a year. */
const BY_TLS = { ...ALWAYS, 'Strict-Transport-Security': 'max-age=31536000' } as const;

export const securityHeaders = ({ text }: PublicOrigin): Readonly<Record<string, string>> =>
  text.startsWith('https:') ? BY_TLS : ALWAYS;
