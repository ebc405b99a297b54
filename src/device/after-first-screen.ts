// What a tablet does once its first screen stands: it judges and it sends. One file, so that it is one fetch.

export { createScanDesk } from './scan-desk.ts';
export { createSyncRun } from './sync-run.ts';
