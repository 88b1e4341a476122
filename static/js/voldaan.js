/* Small comforts on top of pages that work without script: dialogs, filters that search while typing, select all,
   closing notices, "/" to search. No inline handlers, no eval: the content security policy forbids both. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  document.addEventListener("click", (event) => {
    const opener = closest(event, "[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
      return;
    }
    const closer = closest(event, "[data-closes]");
    if (closer) {
      closer.closest("dialog")?.close();
      return;
    }
    closest(event, "[data-dismiss]")?.closest(".toast, .note")?.remove();
    const backdrop = event.target;
    if (backdrop instanceof HTMLDialogElement && backdrop.open && event.detail > 0) {
      const box = backdrop.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) backdrop.close();
    }
    if (closest(event, "[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    const all = closest(event, "[data-select-all]");
    if (all) {
      for (const box of document.querySelectorAll(`input[type="checkbox"][name="${all.dataset.selectAll}"]`)) box.checked = all.checked;
    }
    const filter = closest(event, "form[data-filter] select, form[data-filter] input[type='checkbox'], form[data-filter] input[type='date']");
    if (filter) filter.form.requestSubmit();
    countSelected(event.target);
  });

  const countSelected = (target) => {
    const form = target instanceof Element ? target.closest("form") : null;
    const counter = form?.querySelector("[data-selected-count]");
    if (counter) counter.textContent = String(form.querySelectorAll("tbody input[type='checkbox']:checked").length);
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = [...document.querySelectorAll("main input[type='search'], .topbar input[type='search']")].find((input) => input.offsetParent);
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = closest(event, ".dropzone");
      if (!zone) return;
      const input = zone.querySelector("input[type='file']");
      zone.classList.toggle("over", kind === "dragover");
      if (kind !== "dragleave") event.preventDefault();
      if (kind === "drop" && input && event.dataTransfer) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.dataset.sent === "1") {
      if (form instanceof HTMLFormElement && form.dataset.sent === "1") event.preventDefault();
      return;
    }
    form.dataset.sent = "1"; /* a double click posts once; the server refuses the second anyway */
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
