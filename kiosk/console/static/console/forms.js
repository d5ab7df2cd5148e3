/* What a form still needs is said in our own words beside the field, and the first such field has the focus.
   Without this file the browser says it, in its own language. */
"use strict";
(() => {
  const words = document.currentScript.dataset;
  const said = new WeakMap(); // of a field, or of a group of choices: the sentence beside it
  let count = 0;
  let isFirst = true;

  const groupOf = (field) => (field.type === "radio" && field.closest("fieldset")) || field;

  const sentence = (field) => {
    const wrong = field.validity;
    if (!wrong.valueMissing) {
      if (field.dataset.wrong) return field.dataset.wrong;
      return wrong.tooShort ? words.short.replace("{n}", String(field.minLength)) : words.other;
    }
    if (field.type === "radio") return words.choose;
    if (field.type === "checkbox") return words.tick;
    return field instanceof HTMLSelectElement ? words.select : words.fill;
  };

  const place = (group, field, line) => {
    const legend = group === field ? null : group.querySelector("legend");
    (legend || field.closest("label.choice") || field).after(line);
  };

  const show = (field) => {
    const group = groupOf(field);
    let line = said.get(group);
    if (!line) {
      line = document.createElement("p");
      line.className = "wrong";
      line.id = `wrong-${++count}`;
      place(group, field, line);
      said.set(group, line);
    }
    line.textContent = sentence(field);
    const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== line.id);
    field.setAttribute("aria-describedby", [...others, line.id].join(" "));
    field.setAttribute("aria-invalid", "true");
  };

  const clear = (field) => {
    const line = said.get(groupOf(field));
    if (!line || !field.validity.valid) return;
    const described = field.form ? field.form.querySelectorAll(`[aria-describedby~="${line.id}"]`) : [field];
    described.forEach((one) => {
      const others = one.getAttribute("aria-describedby").split(" ").filter((id) => id !== line.id);
      if (others.length) one.setAttribute("aria-describedby", others.join(" "));
      else one.removeAttribute("aria-describedby");
      one.removeAttribute("aria-invalid");
    });
    line.remove();
    said.delete(groupOf(field));
  };

  document.addEventListener("invalid", (event) => {
    const field = event.target;
    event.preventDefault(); // no bubble of the browser's
    show(field);
    if (!isFirst) return;
    isFirst = false;
    for (let hidden = field.closest("details"); hidden; hidden = hidden.parentElement.closest("details")) hidden.open = true;
    field.focus();
    setTimeout(() => { isFirst = true; }); // one submission tells all its fields at once
  }, true);
  for (const change of ["input", "change"]) document.addEventListener(change, (event) => clear(event.target), true);
})();
