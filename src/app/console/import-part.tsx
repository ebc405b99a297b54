// Records that came as a file, from a tablet that found no network.

import type { JSX } from 'preact';
import { problemOf } from './ask-server.ts';
import { ProblemLine } from './frame.tsx';
import { askProblemText } from './problem-text.ts';
import type { ImportedBatch, TabletsModel } from './tablets-model.ts';
import { count } from './wording.ts';

export function ImportPart({ model }: { readonly model: TabletsModel }): JSX.Element {
  const { imported, importing } = model;
  return (
    <section aria-labelledby="import">
      <h2 id="import" class="ruled">
        Records that came as a file
      </h2>
      <p class="second">
        A tablet that finds no network can save its waiting scans as a file. Each stays sealed and signed by
        its tablet; what is here already is not counted twice.
      </p>
      <label class="file-key">
        <span class="key">{importing.isBusy.value ? 'Taking the file' : 'Choose the file'}</span>
        <input
          type="file"
          class="only-spoken"
          disabled={importing.isBusy.value}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file !== undefined) void model.takeFile(file);
          }}
        />
      </label>
      <p role="status">{imported.value === null ? '' : importedWords(imported.value)}</p>
      <ProblemLine problem={importing.problem.value} />
    </section>
  );
}

function importedWords(batches: readonly ImportedBatch[]): string {
  const added = batches.reduce((sum, batch) => sum + batch.added, 0);
  const bad = batches.filter(({ error }) => error !== null);
  const taken = added === 0 ? 'Nothing new was in it.' : `${count(added)} records were new and are taken.`;
  if (bad.length === 0) return taken;
  const why = [...new Set(bad.map(({ error }) => askProblemText(problemOf(error ?? ''))))].join(' ');
  return `${taken} ${count(bad.length)} of ${count(batches.length)} parts were refused. ${why}`;
}
