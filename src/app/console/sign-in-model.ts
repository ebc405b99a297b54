// Signing in, or joining by a link, without its looks.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Result } from '../../core/result.ts';

export interface SignInProblem {
  /** The server's, or 'unreachable', or 'passkey-called-off'. */
  readonly code: string;
  /** How long to wait before the next try; 0: no time. */
  readonly waitSeconds: number;
}

/** What a link is for; with a name, somebody known chooses a password or passkey anew. */
export interface Invited {
  readonly name: string | null;
  readonly roles: {
    readonly isOwner: boolean;
    readonly sites: readonly { readonly site: string; readonly role: string }[];
  };
}

type Answer = Promise<Result<unknown, SignInProblem>>;

export interface SignInWorld {
  readonly hasPasskeys: boolean;
  look(token: string): Promise<Result<Invited, SignInProblem>>;
  signIn(name: string, password: string): Answer;
  signInByPasskey(): Answer;
  join(token: string, name: string, password: string): Answer;
  joinByPasskey(token: string, name: string): Answer;
  /** Somebody is signed in. */
  enter(): void;
}

export type SignInStage =
  | { readonly kind: 'looking' }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'join'; readonly invited: Invited };

export interface SignInModel {
  readonly stage: ReadonlySignal<SignInStage>;
  /** A try is under way. */
  readonly isBusy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<SignInProblem | null>;
  readonly hasPasskeys: boolean;
  byPassword(name: string, password: string): Promise<void>;
  byPasskey(name: string): Promise<void>;
}

/** `token` is that of a link; null: without one. */
export function createSignInModel(world: SignInWorld, token: string | null): SignInModel {
  const stage = signal<SignInStage>(token === null ? { kind: 'sign-in' } : { kind: 'looking' });
  const isBusy = signal(false);
  const problem = signal<SignInProblem | null>(null);

  async function tryTo(doing: () => Answer): Promise<void> {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = null;
    const answer = await doing();
    isBusy.value = false;
    if (answer.ok) world.enter();
    else problem.value = answer.error;
  }

  async function look(link: string): Promise<void> {
    const invited = await world.look(link);
    stage.value = invited.ok ? { kind: 'join', invited: invited.value } : { kind: 'sign-in' };
    if (!invited.ok) problem.value = invited.error;
  }

  if (token !== null) void look(token);
  /** While a link is good it is for joining. */
  const joining = () => (stage.value.kind === 'join' ? token : null);

  return {
    stage,
    isBusy,
    problem,
    hasPasskeys: world.hasPasskeys,
    byPassword: (name, password) =>
      tryTo(() => {
        const link = joining();
        return link === null ? world.signIn(name, password) : world.join(link, name, password);
      }),
    byPasskey: (name) =>
      tryTo(() => {
        const link = joining();
        return link === null ? world.signInByPasskey() : world.joinByPasskey(link, name);
      }),
  };
}
