// What a tablet does once its first screen stands: it judges, it sends, and it looks after its disk. One file, so that it is one fetch.

export { askForBackgroundSync } from './background-sync.ts';
export { createScanDesk } from './scan-desk.ts';
export { createStorageKeeper } from './storage-keeper.ts';
export { createSyncRun } from './sync-run.ts';
