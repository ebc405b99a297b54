// What stands before the rooms: the head of the house and one narrow column.

import type { ComponentChildren, JSX } from 'preact';
import { Housing } from '../parts/housing.tsx';
import './frame.css';
import './sign-in-screen.css';

const LINKS = [
  { href: '/console/', name: 'Console' },
  { href: '/', name: 'Scanner' },
] as const;

export interface DoorFrameProps {
  readonly heading: string;
  readonly line?: string;
  readonly children?: ComponentChildren;
}

export const DoorFrame = ({ heading, line = '', children }: DoorFrameProps): JSX.Element => (
  <div class="console">
    <Housing label="Pages" links={LINKS} />
    <main class="sign-in">
      <h1>{heading}</h1>
      {line !== '' && <p>{line}</p>}
      {children}
    </main>
  </div>
);
