// A page for trying out time: opens the scanner with its clock wound on or back, and says what should follow.

import { render } from 'preact';
import '../../styles/base.css';
import '../demo.css';
import './clock.css';
import { ClockPage } from './clock-page.tsx';

const root = document.querySelector<HTMLElement>('#clock');
if (root === null) throw new Error('the page has no place for its content');
render(<ClockPage />, root);
