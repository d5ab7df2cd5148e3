/* Keys to touch (WebAuthn): asks the browser, puts the answer into the form and sends it. Without it, codes work. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (asked) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: named(asked.excludeCredentials),
      },
    });
    return {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      id: made.id,
    };
  };

  const touch = async (asked) => {
    const used = await navigator.credentials.get({
      publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) },
    });
    const said = used.response;
    return {
      clientDataJSON: text(said.clientDataJSON),
      authenticatorData: text(said.authenticatorData),
      signature: text(said.signature),
      ...(said.userHandle && said.userHandle.byteLength ? { userHandle: text(said.userHandle) } : {}),
      id: used.id,
    };
  };

  document.querySelectorAll("form[data-key-options]").forEach((form) => {
    const button = form.querySelector("[data-key-use]");
    const said = form.querySelector("[data-key-said]");
    if (!window.PublicKeyCredential) {
      said.textContent = said.dataset.none;
      return;
    }
    button.disabled = false;
    button.addEventListener("click", async () => {
      const needed = [...form.querySelectorAll("input[data-key-needs]")];
      if (!needed.every((input) => input.reportValidity())) return;
      button.disabled = true;
      said.textContent = said.dataset.touch;
      try {
        const answer = await fetch(form.dataset.keyOptions, {
          method: "POST",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
          signal: AbortSignal.timeout(10000),
        });
        if (!answer.ok || answer.redirected) throw new Error("not asked");
        const asked = (await answer.json()).publicKey;
        const { id, ...response } = await (form.dataset.keyKind === "create" ? create(asked) : touch(asked));
        const whole = { id, rawId: id, type: "public-key", response, clientExtensionResults: {} };
        form.elements.key_answer.value = JSON.stringify(whole);
        form.submit();
      } catch (trouble) {
        if (!(trouble instanceof DOMException) && !(trouble instanceof Error)) throw trouble;
        said.textContent = said.dataset.failed;
        button.disabled = false;
        button.focus();
      }
    });
  });
})();
