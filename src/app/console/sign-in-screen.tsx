// Signing in to the console, or joining by a link: one form for both.

import type { JSX, TargetedSubmitEvent } from 'preact';
import { DoorFrame } from './door-frame.tsx';
import type { SignInModel, SignInStage } from './sign-in-model.ts';
import { invitedText, problemText, SIGN_IN_TEXTS as TEXTS } from './sign-in-texts.ts';

export function SignInScreen({ model }: { readonly model: SignInModel }): JSX.Element {
  const stage = model.stage.value;
  return (
    <DoorFrame
      heading={stage.kind === 'sign-in' ? TEXTS.signIn : TEXTS.join}
      line={stage.kind === 'looking' ? TEXTS.looking : ''}
    >
      {stage.kind !== 'looking' && <SignInForm model={model} stage={stage} />}
    </DoorFrame>
  );
}

interface FormProps {
  readonly model: SignInModel;
  readonly stage: Exclude<SignInStage, { kind: 'looking' }>;
}

function SignInForm({ model, stage }: FormProps): JSX.Element {
  const isJoining = stage.kind === 'join';
  const known = isJoining ? stage.invited.name : null;
  const isBusy = model.isBusy.value;
  const problem = model.problem.value;
  const nameIn = (form: HTMLFormElement | null) =>
    known ?? (form?.querySelector<HTMLInputElement>('#sign-in-name')?.value || '');
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = event.currentTarget.querySelector<HTMLInputElement>('#sign-in-password');
    void model.byPassword(nameIn(event.currentTarget), password?.value ?? '');
  };
  return (
    <form onSubmit={submit} aria-busy={isBusy}>
      {isJoining && <p>{invitedText(stage.invited)}</p>}
      <p class="sign-in-problem" role="alert">
        {problem === null ? '' : problemText(problem)}
      </p>
      {known === null && (
        <>
          <label for="sign-in-name">{TEXTS.name}</label>
          <input
            id="sign-in-name"
            name="name"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
        </>
      )}
      <label for="sign-in-password">{isJoining ? TEXTS.newPassword : TEXTS.password}</label>
      <input
        id="sign-in-password"
        name="password"
        type="password"
        autocomplete={isJoining ? 'new-password' : 'current-password'}
      />
      <button type="submit" class="key" disabled={isBusy}>
        {isJoining ? TEXTS.joinByPassword : TEXTS.byPassword}
      </button>
      {model.hasPasskeys && (
        <button
          type="button"
          class="key"
          disabled={isBusy}
          onClick={({ currentTarget }) => void model.byPasskey(nameIn(currentTarget.form))}
        >
          {isJoining ? TEXTS.joinByPasskey : TEXTS.byPasskey}
        </button>
      )}
    </form>
  );
}
