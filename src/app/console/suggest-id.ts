// An id made of a name: 'Gare de l’Est' becomes 'gare-de-l-est'.

const MAX_ID = 24;

export const suggestId = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_ID)
    .replaceAll(/^-+|-+$/g, '');
