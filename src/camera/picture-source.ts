// Pictures and texts that come from elsewhere than the camera: a chosen file, a drop, a paste.

export interface PictureSourceOptions {
  /** Where drops are taken; paste is heard on its document. */
  readonly target: HTMLElement;
  readonly fileInput?: HTMLInputElement;
  readonly onPicture: (picture: Blob) => void;
  readonly onText: (text: string) => void;
}

/** Returns how to stop. */
export function watchPictures({ target, fileInput, onPicture, onText }: PictureSourceOptions): () => void {
  const end = new AbortController();
  const { signal } = end;

  fileInput?.addEventListener(
    'change',
    () => {
      for (const file of fileInput.files ?? []) onPicture(file);
      // The same file may be chosen again.
      fileInput.value = '';
    },
    { signal },
  );

  target.addEventListener('dragover', (event) => event.preventDefault(), { signal });
  target.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      if (event.dataTransfer) void take(event.dataTransfer);
    },
    { signal },
  );
  target.ownerDocument.addEventListener(
    'paste',
    (event) => {
      if (isTextField(event.target) || !event.clipboardData) return;
      event.preventDefault();
      void take(event.clipboardData);
    },
    { signal },
  );

  async function take(data: DataTransfer): Promise<void> {
    // Everything is read before the first await: the data is emptied when the event is over.
    const files = [...data.files];
    const address = data.getData('text/uri-list').split(/\r?\n/)[0]?.trim() ?? '';
    const text = data.getData('text/plain').trim();
    if (files.length > 0) for (const file of files) onPicture(file);
    else if (isOurs(address)) onPicture(await fetchPicture(address));
    else if (text !== '') onText(text);
  }

  return () => end.abort();
}

/** A picture dragged over from another page of this origin comes as its address alone. */
const isOurs = (address: string) => URL.canParse(address) && new URL(address).origin === location.origin;

/** What cannot be fetched becomes an empty picture, which the decoder answers with "not a picture". */
async function fetchPicture(address: string): Promise<Blob> {
  try {
    return await (await fetch(address)).blob();
  } catch {
    return new Blob();
  }
}

const isTextField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement);
