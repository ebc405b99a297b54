// The head of a page that is no scanner: mark, name, links to the other pages, and a last word at the end.

import type { ComponentChildren, JSX } from 'preact';
import './housing.css';
import { Mark } from './mark.tsx';

export interface HousingProps {
  /** What the links are, for a screen reader. */
  readonly label: string;
  readonly links: readonly { readonly href: string; readonly name: string }[];
  /** The address of this page; left out, it is the first of the links. */
  readonly current?: string;
  readonly end?: ComponentChildren;
}

export function Housing({ label, links, current = links[0]?.href, end = '' }: HousingProps): JSX.Element {
  return (
    <header class="housing on-housing">
      <Mark class="housing-mark" />
      <span class="housing-name">Gatelight</span>
      <nav aria-label={label}>
        {links.map(({ href, name }) => (
          <a key={href} href={href} aria-current={href === current ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {end !== '' && <span class="housing-end">{end}</span>}
    </header>
  );
}
