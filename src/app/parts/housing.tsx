// The head of a page that is no scanner: mark, name, links to the other pages, and a last word at the end.

import type { JSX } from 'preact';
import './housing.css';
import { Mark } from './mark.tsx';

export interface HousingProps {
  /** What the links are, for a screen reader. */
  readonly label: string;
  /** The first is this page. */
  readonly links: readonly { readonly href: string; readonly name: string }[];
  readonly end?: string;
}

export function Housing({ label, links, end = '' }: HousingProps): JSX.Element {
  return (
    <header class="housing on-housing">
      <Mark class="housing-mark" />
      <span class="housing-name">Gatelight</span>
      <nav aria-label={label}>
        {links.map(({ href, name }, at) => (
          <a key={href} href={href} aria-current={at === 0 ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {end !== '' && <span class="housing-end">{end}</span>}
    </header>
  );
}
