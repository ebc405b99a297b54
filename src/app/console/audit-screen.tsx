// The log as a file for an auditor: what it holds, and that it stays sealed.

import type { JSX } from 'preact';
import type { RoomProps } from './app.tsx';

export interface AuditScreenProps extends RoomProps {
  readonly siteName: string;
}

export function AuditScreen({ site, siteName }: AuditScreenProps): JSX.Element {
  const path = `/api/sites/${encodeURIComponent(site)}/log`;
  return (
    <>
      <div class="room-head">
        <h1>Audit</h1>
      </div>
      <section aria-labelledby="export">
        <h2 id="export" class="ruled">
          The log of {siteName}
        </h2>
        <p>
          The file holds every record that the tablets of this site ever sent, in order, with the tablets’
          signatures and this server’s receipts. The records stay sealed in it: it shows when each tablet
          wrote and that nothing is missing or changed, and not who passed.
        </p>
        <p class="keys">
          <a class="key key-main" href={`${path}/export`} download={`${site}.gatelight-log`}>
            Save the log
          </a>
        </p>
      </section>
      <section aria-labelledby="keys">
        <h2 id="keys" class="ruled">
          The keys to check it by
        </h2>
        <p>
          The public keys of this server and of each tablet. An auditor should have them from before, or from
          somebody else: whoever forges a log would give the keys to it.
        </p>
        <p class="keys">
          <a class="key" href={`${path}/keys`} download={`${site}-keys.json`}>
            Save the keys
          </a>
        </p>
      </section>
      <section aria-labelledby="checking">
        <h2 id="checking" class="ruled">
          Checking it
        </h2>
        <p>
          On any computer, without this server:{' '}
          <code>
            gatelight audit {site}.gatelight-log --keys {site}-keys.json
          </code>
        </p>
      </section>
    </>
  );
}
