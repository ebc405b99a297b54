// Room on the disk: a warning below 20 MB, a stop below 5 MB.

export const LOW_BYTES = 20 * 1024 * 1024;
export const FULL_BYTES = 5 * 1024 * 1024;

export type StorageState = 'ok' | 'low' | 'full';

/** 'ok' where the browser does not tell; the append itself then meets the limit. */
export async function lookAtStorage(): Promise<StorageState> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota === undefined || usage === undefined) return 'ok';
  return stateOfRoom(quota - usage);
}

export function stateOfRoom(freeBytes: number): StorageState {
  if (freeBytes < FULL_BYTES) return 'full';
  return freeBytes < LOW_BYTES ? 'low' : 'ok';
}

/** Asks the browser not to clear this tablet's log by itself. It may say no; nothing depends on it. */
export const askToPersist = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;
