// What reaches the page as a whole: a picture dropped or pasted, a pass text pasted, a tap or Escape on a verdict.

import type { GuardModel } from './guard-model.ts';

type Input = Pick<GuardModel, 'stage' | 'verdict' | 'takePicture' | 'takeText'>;

/** Returns how to stop listening. */
export function listenToPage(model: Input, page: Document = document): () => void {
  const listening = new AbortController();
  const { signal } = listening;

  const takeFrom = (data: DataTransfer | null): boolean => {
    const picture = [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/') || type === '');
    const text = data?.getData('text/plain') ?? '';
    if (picture !== undefined) void model.takePicture(picture);
    else if (text !== '') model.takeText(text);
    return picture !== undefined || text !== '';
  };

  page.addEventListener('dragover', (event) => event.preventDefault(), { signal });
  page.addEventListener(
    'drop',
    (event) => {
      // Without this the browser opens the picture in place of the scanner.
      event.preventDefault();
      takeFrom(event.dataTransfer);
    },
    { signal },
  );
  page.addEventListener(
    'paste',
    (event) => {
      if (event.target instanceof HTMLTextAreaElement) return;
      if (takeFrom(event.clipboardData)) event.preventDefault();
    },
    { signal },
  );
  page.addEventListener(
    'click',
    ({ target }) => {
      if (model.stage.value === 'verdict' && target instanceof Element && target.closest('button') === null) {
        model.verdict.leave();
      }
    },
    { signal },
  );
  page.addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Escape' && model.stage.value === 'verdict') model.verdict.leaveSoon();
    },
    { signal },
  );
  return () => listening.abort();
}
