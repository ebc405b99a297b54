// Runs before all of the scanner's scripts, on the demo's page /demo/scanner/?ahead=SECONDS alone: shifts what `Date` says
// of now, and shows that it did in a strip of its own. A classic script, which runs before any module: it imports nothing,
// and exports nothing that another page could share.

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Ten years: further than any pass or key of the demo reaches. */
const MOST_SECONDS = 315_360_000;

const asked = Number(new URLSearchParams(location.search).get('ahead'));
const aheadSeconds = Number.isSafeInteger(asked) && Math.abs(asked) <= MOST_SECONDS ? asked : 0;

windDate(aheadSeconds * 1000);
document.addEventListener('DOMContentLoaded', () => showStrip(`clock wound ${windText(aheadSeconds)}`));

function windDate(aheadMs: number): void {
  const RightDate = Date;
  const now = () => RightDate.now() + aheadMs;
  globalThis.Date = new Proxy(RightDate, {
    construct: (target, parts) => Reflect.construct(target, parts.length === 0 ? [now()] : parts),
    apply: () => new RightDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}

/** Above the scanner, which keeps its whole screen: the strip lets every touch through but those on its link. */
function showStrip(text: string): void {
  const strip = document.createElement('aside');
  strip.setAttribute('aria-label', 'Demo');
  Object.assign(strip.style, {
    position: 'fixed',
    insetInline: '0',
    insetBlockEnd: '0',
    zIndex: '2147483647',
    display: 'flex',
    justifyContent: 'center',
    gap: '16px',
    padding: '2px 8px',
    font: '600 14px/20px system-ui, sans-serif',
    color: '#000',
    background: 'repeating-linear-gradient(135deg, #fff 0 16px, #d9d9d9 16px 32px)',
    pointerEvents: 'none',
  });
  const link = document.createElement('a');
  link.href = '/demo/clock/';
  link.textContent = 'right again';
  Object.assign(link.style, { color: '#000', pointerEvents: 'auto' });
  strip.append(text, link);
  document.body.append(strip);
}

/** '73 h on', '8 days on', '1 day back'. */
function windText(seconds: number): string {
  if (seconds === 0) return 'right';
  return `${lengthText(Math.abs(seconds))} ${seconds > 0 ? 'on' : 'back'}`;
}

function lengthText(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? '1 day' : `${seconds / DAY} days`;
  return seconds % HOUR === 0 ? `${seconds / HOUR} h` : `${seconds} s`;
}

export {};
