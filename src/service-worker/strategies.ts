// What is kept and how it is served: the build's own list, by content hash; every address of the scanner is its one
// page. The console, the demo sheet and the server's answers always come from the network.

import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  type PrecacheEntry,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

const FROM_THE_NETWORK = [/^\/console\//, /^\/demo\//, /^\/api\//];

export function keepEverything(): void {
  precacheAndRoute(self.__WB_MANIFEST);
  cleanupOutdatedCaches();
}

export function serveScanner(): void {
  registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: FROM_THE_NETWORK }));
}
