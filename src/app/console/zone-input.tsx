// A time zone by its IANA name, with all that this browser knows offered.

import type { JSX } from 'preact';

export interface ZoneInputProps {
  readonly marks: Readonly<Record<string, unknown>>;
  readonly value: string;
  readonly isFixed?: boolean;
  change(value: string): void;
}

export const ZoneInput = ({ marks, value, isFixed = false, change }: ZoneInputProps): JSX.Element => (
  <>
    <input
      {...marks}
      list="time-zones"
      value={value}
      readOnly={isFixed}
      spellcheck={false}
      autocapitalize="none"
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
    <datalist id="time-zones">
      {Intl.supportedValuesOf('timeZone').map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  </>
);
