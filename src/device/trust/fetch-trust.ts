// The repository's client: loaded when trust is fetched, as one part of its own.

export { refreshTrust } from '../../core/trust/held/refresh-trust.ts';
export { trustRefusalText } from '../../core/trust/held/trust-refusal.ts';
