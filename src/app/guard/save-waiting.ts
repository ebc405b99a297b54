// Hands the file of waiting records to the browser, which keeps it where downloads go.

import type { Tablet } from '../../device/tablet.ts';

/** Long enough for a browser that asks where to. */
const KEEP_MS = 60_000;

export async function saveWaiting(tablet: Pick<Tablet, 'exportWaiting'>): Promise<void> {
  const file = await tablet.exportWaiting();
  if (file === null) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `gatelight-records-${new Date().toISOString().slice(0, 10)}.cbor`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
