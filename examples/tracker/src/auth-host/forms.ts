import { html, type Html } from "../page/html.js";

const email = html`<label for="email">Address</label>
  <input id="email" name="email" type="email" required maxlength="254" autocomplete="username" />`;

function password(label: string, autocomplete: "current-password" | "new-password"): Html {
  return html`<label for="password">${label}</label>
    <input
      id="password"
      name="password"
      type="password"
      required
      maxlength="1000"
      autocomplete="${autocomplete}"
    />`;
}

const newPasswordHint = html`<p class="hint">15 characters or more. Any characters will do.</p>`;
const done = (text: string) =>
  html`<p class="done" role="status" data-part="done" hidden>${text}</p>`;

export const signInMain = html`<section class="card narrow">
  <form class="fields" data-part="form">
    ${email} ${password("Password", "current-password")}
    <button type="submit" class="primary" disabled>Sign in</button>
  </form>
  <p class="more">
    <a href="/sign-up" data-part="sign-up">Sign up</a> ·
    <a href="/reset-password">Forgot the password?</a>
  </p>
</section>`;

export const signUpMain = html`<section class="card narrow">
  <form class="fields" data-part="form">
    ${email} ${password("Password", "new-password")} ${newPasswordHint}
    <button type="submit" class="primary" disabled>Sign up</button>
  </form>
  ${done("A letter is on its way. Follow its link, then sign in.")}
</section>`;

export const verifyMain = html`<section class="card narrow">
  <form class="fields" data-part="form">
    <p>You came here by the link of a letter.</p>
    <button type="submit" class="primary" disabled>Confirm my address</button>
  </form>
  ${done("Your address is confirmed.")}
  <p class="more"><a href="/sign-in">Sign in</a></p>
</section>`;

export const resetMain = html`<section class="card narrow">
  <form class="fields" data-part="ask" hidden>
    ${email}
    <button type="submit" class="primary" disabled>Send me a link</button>
  </form>
  ${done("If the address has an account, a letter is on its way.")}
  <form class="fields" data-part="form" hidden>
    ${password("New password", "new-password")} ${newPasswordHint}
    <button type="submit" class="primary" disabled>Set the password</button>
  </form>
  <p class="done" role="status" data-part="changed" hidden>
    The password is set, and every device is signed out.
  </p>
  <p class="more"><a href="/sign-in">Sign in</a></p>
</section>`;

export const invitationMain = html`<section class="card narrow">
  <p data-part="signed-in" hidden>Signed in as <strong data-part="address"></strong>.</p>
  <form class="fields" data-part="form" hidden>
    <p>You are invited to <strong data-part="tenant"></strong>.</p>
    <button type="submit" class="primary" disabled>Accept</button>
  </form>
  <div data-part="signed-out" hidden>
    <p>Sign in first, with the address that was invited.</p>
    <p>
      <a class="button primary" href="/sign-in" data-part="sign-in">Sign in</a>
      <a class="button" href="/sign-up" data-part="sign-up">Sign up</a>
    </p>
  </div>
</section>`;
