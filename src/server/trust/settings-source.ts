// The site's settings as they are handed out: signed anew when the manager's file changes, with no restart. What cannot
// be used is said once, and so is what goes beyond the bounds of the site's class; the last good ones stay in use.

import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { clippingText } from '../../core/trust/settings/clip-policy.ts';
import { SETTINGS_FILE } from '../../core/trust/settings/settings-schema.ts';

import type { TargetDocuments } from '../../core/trust/targets/targets.ts';
import { type SiteInService, toService } from '../sites/site-in-service.ts';
import { nextSettings } from './next-settings.ts';
import type { TroubleBook } from './trouble-book.ts';

export interface SettingsSource {
  readonly inUse: SiteInService;
  /** By the documents of this moment. */
  look(documents: TargetDocuments): Promise<void>;
}

export interface SettingsSourceOptions {
  /** The file that a manager edits; null where there is none. */
  readEdited(): Promise<Bytes | null>;
  /** Puts another content in its place; missing where managers may not. */
  writeEdited?(bytes: Bytes): Promise<void>;
  /** As an operator knows it. */
  readonly editedName: string;
  /** Where SIGNED_SETTINGS_FILE is kept. */
  readonly folder: RepositoryFolder;
  readonly signer: Signer;
  readonly engine: Ed25519Engine;
  readonly troubles: TroubleBook;
  readonly nowSeconds: () => number;
}

export const SIGNED_SETTINGS_FILE = 'settings.cose';

/** Throws a sentence for settings that cannot be used. */
export async function openSettingsSource(
  options: SettingsSourceOptions,
  documents: TargetDocuments,
): Promise<SettingsSource> {
  const { folder, readEdited, editedName, signer, engine, troubles, nowSeconds } = options;
  let lookedAt: { readonly edited: Bytes; readonly documents: TargetDocuments } | null = null;

  const read = async (
    now: TargetDocuments,
    before: SiteInService | null,
  ): Promise<Result<SiteInService, string>> => {
    const edited = await readEdited();
    if (edited === null) return refused(`there is no ${SETTINGS_FILE}`);
    lookedAt = { edited, documents: now };
    const desk = { servers: now.servers, signer, engine, nowSeconds };
    const next = await nextSettings(edited, await folder.read(SIGNED_SETTINGS_FILE), desk);
    if (!next.ok) return next;
    if (before !== null && next.value.settings.site.id !== before.settings.site.id)
      return refused(`site.id: this server runs "${before.settings.site.id}", and its log is of that site`);
    if (!next.value.isSame) await folder.write(SIGNED_SETTINGS_FILE, next.value.bytes);
    return ok(toService(next.value, now));
  };
  const take = (next: SiteInService): SiteInService => {
    const clipped = next.clippings.map(clippingText).join('; ');
    troubles.note(
      'clippings',
      clipped === '' ? null : `settings beyond the bounds of class "${next.server.class}": ${clipped}`,
    );
    return next;
  };

  const first = await read(documents, null);
  if (!first.ok) throw new Error(`${editedName} cannot be used: ${first.error}`);
  let inUse = take(first.value);
  return {
    get inUse() {
      return inUse;
    },
    async look(now) {
      const edited = await readEdited();
      const isSame = edited !== null && lookedAt !== null && isSameBytes(edited, lookedAt.edited);
      if (isSame && lookedAt?.documents === now) return;
      const next = await read(now, inUse);
      troubles.note(
        'settings',
        next.ok ? null : `${editedName}: ${next.error}. The settings before it stay in use.`,
      );
      if (next.ok) inUse = take(next.value);
    },
  };
}
