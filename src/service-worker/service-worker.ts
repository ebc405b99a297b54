// The scanner without a network: everything it needs is kept here. A new version waits until the page says so.

import { SYNC_TAG } from '../device/background-sync.ts';
import { sendInBackground } from '../device/send-in-background.ts';
import { keepEverything, serveScanner } from './strategies.ts';

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

keepEverything();
serveScanner();

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const message = event.data as { readonly kind?: unknown } | null;
  if (message?.kind === 'take-over') event.waitUntil(self.skipWaiting());
});

self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent;
  if (tag === SYNC_TAG) (event as SyncEvent).waitUntil(sendOrThrow());
});

/** The browser tries again only after an error. */
async function sendOrThrow(): Promise<void> {
  const sent = await sendInBackground();
  if (sent !== 'busy' && sent.kind === 'stopped')
    throw new Error(`not everything could be sent: ${sent.why}`);
}
