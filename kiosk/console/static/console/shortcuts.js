/* Keys of the staff's pages; everything they do the mouse does too. Read before the page: whoever sees a key may press it. */
"use strict";
(() => {
  const OFF = "console.shortcuts.off";
  const areOff = () => localStorage.getItem(OFF) === "1";
  const show = () => {
    document.documentElement.classList.toggle("no-shortcuts", areOff());
    const button = document.querySelector("[data-shortcuts]");
    if (button) button.setAttribute("aria-pressed", String(!areOff()));
  };
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-shortcuts]")) {
      localStorage.setItem(OFF, areOff() ? "0" : "1");
      show();
    }
    const opener = event.target.closest("[data-opens]");
    if (opener) press(opener.dataset.opens);
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target) && !opener) [menu, ...menu.querySelectorAll("details.panel[open]")].forEach(shut);
  });
  document.addEventListener("DOMContentLoaded", () => {
    show();
    if (document.activeElement === document.body && document.querySelector("article.identity"))
      atWork().focus({ preventScroll: true }); // the next Tab is the first question
  });
  show();

  /* Where the first question is: among the traits, else in the bar. */
  const atWork = () => {
    const asks = document.querySelector(".traits-column :is(.see, .first-name, .original, .known, .odd)");
    const where = asks ? asks.closest(".traits-column") : document.getElementById("acts");
    return where || document.getElementById("main");
  };

  const isTyping = (element) =>
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement && !["radio", "checkbox"].includes(element.type) && !element.readOnly);

  const shut = (one) => one.removeAttribute("open");
  const openPanel = () => document.querySelector("details.panel[open]");
  const isInShutPanel = (element) => {
    const panel = element.closest("details.panel");
    return panel !== null && panel !== element && !panel.open;
  };

  /* What a key means: first what the open panel says, then the page. */
  const meantBy = (key) => {
    const meant = [...document.querySelectorAll(`[data-key="${key.toLowerCase()}"]`)].filter(
      (element) =>
        !element.closest("[hidden]") &&
        !element.matches(":disabled") &&
        !isInShutPanel(element) &&
        (!element.closest("[data-fading]") || element.checkVisibility({ visibilityProperty: true })),
    );
    const panel = openPanel();
    const inside = panel ? meant.filter((element) => panel !== element && panel.contains(element)) : [];
    if (panel && !inside.length && /[0-9]/.test(key)) return undefined;
    const first = inside.length ? inside : meant;
    return first.find((element) => element.type === "checkbox" && !element.checked) || first[0];
  };

  const firstIn = (panel) => {
    const empty = [...panel.querySelectorAll("input:not([type=hidden]):not(:disabled), select:not(:disabled)")];
    return (
      panel.querySelector("input[type=radio]:not(:disabled)") ||
      empty.find((one) => one.required && !one.value) ||
      empty[0] ||
      panel.querySelector("button:not(:disabled)")
    );
  };

  const toggle = (details) => {
    details.open = !details.open;
    if (!details.open) return;
    const menu = details.closest("details.menu");
    if (menu) menu.open = true;
    else document.querySelectorAll("details.menu[open]").forEach(shut);
    const first = firstIn(details);
    first?.focus();
    if (first instanceof HTMLInputElement && first.type === "text") first.select();
  };

  const press = (key) => {
    const wanted = meantBy(key);
    if (!wanted) return false;
    const shutAround = wanted.closest("details.more-pieces:not([open])");
    if (shutAround) shutAround.open = true;
    if (wanted.tagName === "DETAILS") toggle(wanted);
    else wanted.click();
    return true;
  };

  /* What a form misses must be seen to be filled in. */
  document.addEventListener(
    "invalid",
    (event) => {
      for (let one = event.target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    },
    true,
  );

  /* Fields of a panel belong to the form of the decision: there Enter means the panel's own button. */
  const send = (event) => {
    const field = event.target;
    const panel = field instanceof HTMLInputElement ? field.closest("details.panel") : null;
    if (!panel || !field.form || panel.contains(field.form)) return;
    event.preventDefault();
    panel.querySelector("button[formaction]")?.click();
  };

  const escape = () => {
    document.querySelectorAll(".is-large").forEach((element) => element.classList.remove("is-large"));
    document.querySelectorAll("details.panel[open], details.menu[open], details.notices[open]").forEach(shut);
    if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body)
      atWork().focus({ preventScroll: true });
  };

  /* Arrows walk the page's list, as long as nothing else needs them. */
  const isFree = (element) =>
    element === document.body || element.matches("#main, a.line, [data-line], .traits-column, #acts, #call-next");
  const walk = (event) => {
    if (!isFree(document.activeElement) || document.querySelector("details.panel[open], dialog[open]")) return;
    const all = [...document.querySelectorAll("#lines a.line, [data-line]")].filter((one) => one.checkVisibility());
    if (!all.length) return;
    event.preventDefault();
    const at = all.indexOf(document.activeElement);
    const current = all.findIndex((one) => one.hasAttribute("aria-current"));
    const step = event.key === "ArrowDown" ? 1 : -1;
    const from = at >= 0 ? at : current >= 0 ? current : step > 0 ? -1 : all.length;
    const wanted = all[Math.min(Math.max(from + step, 0), all.length - 1)];
    wanted.focus();
    wanted.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return walk(event);
    if (event.repeat) return;
    if (event.key === "Escape") return escape();
    if (event.key === "Enter") return send(event);
    if (areOff() || isTyping(document.activeElement)) return;
    const find = document.querySelector("#find:not([hidden]) input");
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "?") {
      event.preventDefault();
      list();
    } else if (/^[a-z0-9]$/i.test(event.key) && press(event.key)) event.preventDefault();
  });

  /* Nothing that has the focus lies under something open: whoever goes on by keyboard has done with it. */
  document.addEventListener("focusin", (event) => {
    const here = event.target;
    if (here.tabIndex < 0 || here.closest("dialog") || !here.matches(":focus-visible")) return;
    const isInBar = here.closest("#acts") !== null;
    document.querySelectorAll("details.notices[open]").forEach((one) => one.contains(here) || shut(one));
    if (!isInBar) document.querySelectorAll("#acts details[open]").forEach(shut);
    else document.querySelectorAll("#acts .more-pieces:has(input:checked)").forEach((one) => (one.open = true));
  });

  /* Traits longer than their column are read on from anywhere on the page. */
  document.addEventListener("keydown", (event) => {
    const column = document.querySelector(".traits-column");
    if (!column || !["PageDown", "PageUp"].includes(event.key) || isTyping(document.activeElement)) return;
    if (column.scrollHeight <= column.clientHeight || openPanel() || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    column.scrollBy({ top: (event.key === "PageDown" ? 0.8 : -0.8) * column.clientHeight });
  });

  /* Every key of this page, as its buttons say it. */
  const list = () => {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return;
    const body = dialog.querySelector("[data-keys-here]");
    const said = new Map();
    document.querySelectorAll("[data-key]").forEach((one) => {
      if (one.matches(":disabled") || one.closest("[hidden]") || isInShutPanel(one)) return;
      const words = (one.tagName === "DETAILS" ? one.querySelector("summary") : one.closest("label") || one).cloneNode(true);
      words.querySelectorAll("kbd, small").forEach((part) => part.remove());
      const text = words.textContent.replace(/\s+/g, " ").trim();
      if (text && !said.has(one.dataset.key)) said.set(one.dataset.key, text);
    });
    body.replaceChildren(
      ...[...said].sort().map(([key, text]) => {
        const line = document.createElement("div");
        const name = line.appendChild(document.createElement("dt"));
        name.appendChild(document.createElement("kbd")).textContent = key.toUpperCase();
        line.appendChild(document.createElement("dd")).textContent = text;
        return line;
      }),
    );
    dialog.showModal();
  };
})();
