// What runs in the scanner's page during the kill run: a watcher that reports records and verdicts as they come, and a
// guard who scans as fast as the screen lets them. Each function is sent to the page whole, so it uses nothing from outside.

export type PageNote =
  /** The log was asked to add this record. */
  | {
      readonly kind: 'added';
      readonly device: string;
      readonly epoch: number;
      readonly seq: number;
      readonly envelope: readonly number[];
      readonly durability: string;
    }
  /** Its transaction has completed. */
  | { readonly kind: 'stored'; readonly epoch: number; readonly seq: number }
  /** A verdict stands in the document. */
  | { readonly kind: 'verdict'; readonly verdict: string; readonly reason: string }
  /** The screen says that nothing can be scanned. */
  | { readonly kind: 'stopped'; readonly words: string };

interface WrittenRecord {
  readonly device: string;
  readonly epoch: number;
  readonly seq: number;
  readonly envelope: Uint8Array;
}

export const NOTE_BINDING = 'gatelightKillNote';

declare global {
  function gatelightKillNote(note: PageNote): Promise<void>;
}

/** Runs before the page's own scripts. Looks on, and changes nothing. */
export function watchPage(): void {
  const note = (one: PageNote) => void globalThis.gatelightKillNote(one);

  const addedIn = new WeakMap<IDBTransaction, { readonly epoch: number; readonly seq: number }[]>();
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof begin>) {
    const transaction = begin.apply(this, args);
    // Listened to before anybody else can, so that what the page does on hearing it comes after this note.
    transaction.addEventListener('complete', () => {
      for (const { epoch, seq } of addedIn.get(transaction) ?? []) note({ kind: 'stored', epoch, seq });
    });
    return transaction;
  };
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...args: Parameters<typeof add>) {
    const { name, transaction } = this;
    if (name === 'records') {
      const { device, epoch, seq, envelope } = args[0] as WrittenRecord;
      const { durability } = transaction;
      addedIn.set(transaction, [...(addedIn.get(transaction) ?? []), { epoch, seq }]);
      note({ kind: 'added', device, epoch, seq, envelope: [...envelope], durability });
    }
    return add.apply(this, args);
  };

  let stage = '';
  new MutationObserver(() => {
    const main = document.querySelector<HTMLElement>('main[data-stage]');
    const now = main?.dataset.stage ?? '';
    if (main === null || now === stage) return;
    stage = now;
    const { verdict = '', reason = '' } = main.dataset;
    if (now === 'verdict') note({ kind: 'verdict', verdict, reason });
    if (now === 'stopped') note({ kind: 'stopped', words: main.textContent ?? '' });
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-stage', 'data-verdict'],
  });
}

/** Pastes text after text. Every third verdict that asks for an answer gets one; all others are sent away by Escape. */
export async function scanFast(texts: readonly string[]): Promise<void> {
  const stageIs = async (wanted: string) => {
    while (document.querySelector(`main[data-stage=${wanted}]`) === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
  };
  for (const [at, text] of texts.entries()) {
    await stageIs('scanning');
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    await stageIs('verdict');
    const asked = [...document.querySelectorAll('button')].find(
      ({ textContent }) => textContent?.trim() === 'Let in',
    );
    if (at % 3 === 0 && asked !== undefined) asked.click();
    else document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  }
}

/** Only in a page that has opened the log: asked earlier, this would make an empty one. */
export async function countWaiting(): Promise<number> {
  const asked = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await asked(indexedDB.open('gatelight'));
  try {
    return await asked(database.transaction('records').objectStore('records').count());
  } finally {
    database.close();
  }
}
