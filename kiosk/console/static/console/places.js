/* A place of birth by its name: what may be meant is listed while one types; arrows choose, Enter takes, Escape closes.
   What is typed goes in the body of the question, never in an address. Without this file the next page asks. */
"use strict";
(() => {
  const WAITED = 120; // milliseconds after the last letter
  let asking = null;
  let timer = 0;

  const fieldOf = (target) => (target instanceof HTMLInputElement ? target.closest("[data-places]") : null);
  const listOf = (field) => field.querySelector("[role=listbox]");
  const options = (field) => [...(listOf(field)?.children ?? [])];

  const prepare = (field, input) => {
    if (listOf(field)) return;
    const list = document.createElement("ul");
    list.id = `${input.id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.list);
    list.hidden = true;
    input.after(list);
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    Object.entries(said).forEach(([name, value]) => input.setAttribute(name, value));
  };

  const close = (field, input) => {
    clearTimeout(timer);
    asking?.abort();
    const list = listOf(field);
    if (!list) return;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (field, input, wanted) => {
    options(field).forEach((one) => one.setAttribute("aria-selected", String(one === wanted)));
    input.setAttribute("aria-activedescendant", wanted.id);
    wanted.scrollIntoView({ block: "nearest" });
  };

  const take = (field, input, wanted) => {
    input.value = wanted.textContent;
    close(field, input);
  };

  const show = (field, input, places) => {
    const list = listOf(field);
    list.replaceChildren(
      ...places.map((place, at) => {
        const one = document.createElement("li");
        one.id = `${list.id}-${at}`;
        one.setAttribute("role", "option");
        one.setAttribute("aria-selected", "false");
        one.textContent = place;
        return one;
      }),
    );
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(places.length > 0));
    input.removeAttribute("aria-activedescendant");
    const { found, none } = field.dataset;
    field.querySelector("[data-places-said]").textContent = places.length ? found.replace("{count}", places.length) : none;
  };

  const ask = async (field, input) => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData();
    body.append("said", input.value);
    try {
      const answer = await fetch(field.dataset.places, {
        method: "POST",
        headers: { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value },
        body,
        signal: AbortSignal.any([asking.signal, AbortSignal.timeout(5000)]),
      });
      if (!answer.ok || answer.redirected) return;
      const { places } = await answer.json();
      if (document.activeElement === input) show(field, input, places);
    } catch (trouble) {
      if (!(trouble instanceof DOMException) && !(trouble instanceof TypeError)) throw trouble; // asked anew, or unheard
    }
  };

  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field || event.target.type !== "text") return;
    prepare(field, event.target);
    close(field, event.target);
    if (event.target.value.trim().length > 1) timer = setTimeout(() => ask(field, event.target), WAITED);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      const field = fieldOf(event.target);
      const shown = field ? options(field) : [];
      if (!shown.length) return;
      const at = shown.findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown") mark(field, event.target, shown[(at + 1) % shown.length]);
      else if (event.key === "ArrowUp") mark(field, event.target, shown[at > 0 ? at - 1 : shown.length - 1]);
      else if (event.key === "Enter" && at >= 0) take(field, event.target, shown[at]);
      else if (event.key === "Escape") close(field, event.target);
      else return;
      event.preventDefault();
      event.stopPropagation(); // Escape closes the list here, and nothing around it
    },
    { capture: true },
  );

  document.addEventListener("pointerdown", (event) => {
    const wanted = event.target instanceof Element ? event.target.closest("[data-places] [role=option]") : null;
    if (!wanted) return;
    event.preventDefault(); // the field keeps the focus
    const field = wanted.closest("[data-places]");
    take(field, field.querySelector("input[role=combobox]"), wanted);
  });

  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event.target);
    if (field) close(field, event.target);
  });
})();
