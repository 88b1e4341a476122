/* Keys for the queue of receipts: they press the buttons and follow the links that stand on the page (data-key), nothing else.
   After an action the page opens on the next receipt; its heading takes the focus and what was done is read out. */
(() => {
  "use strict";
  const OFF = "voldaan-toetsen-uit";
  const areOff = () => window.localStorage.getItem(OFF) === "1";
  const typing = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
  const pressable = (target) => target instanceof HTMLElement && target.matches("a, button, summary");

  const press = (element) => {
    if (element instanceof HTMLDetailsElement) {
      element.open = true;
      element.querySelector("select, input:not([type='hidden'])")?.focus();
      return;
    }
    element.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (areOff() || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && pressable(event.target)) return;
    const key = event.key === "Enter" ? "a" : event.key;
    if (!/^[a-z?]$/.test(key)) return;
    const element = document.querySelector(`[data-key="${key}"]`);
    if (!element) return;
    event.preventDefault();
    press(element);
  });

  const toggle = document.querySelector("[data-keys-off]");
  if (toggle) {
    toggle.checked = areOff();
    toggle.addEventListener("change", () => window.localStorage.setItem(OFF, toggle.checked ? "1" : "0"));
  }

  const heading = document.getElementById("regel");
  if (heading && window.location.hash === "#regel") heading.focus({ preventScroll: window.innerWidth > 1088 });
  document.querySelector("[data-first-field]")?.focus();

  const status = document.getElementById("stand"); /* a live region is read out when its text changes */
  if (status) {
    const text = status.textContent;
    status.textContent = "";
    window.setTimeout(() => (status.textContent = text), 150);
  }

  const cents = (text) => {
    const plain = text.replace(/[€\s.]/g, "").replace(",", ".");
    return plain && !Number.isNaN(Number(plain)) ? Math.round(Number(plain) * 100) : 0;
  };
  const euros = (amount) => (amount / 100).toLocaleString("nl-NL", { style: "currency", currency: "EUR" });

  const remaining = document.querySelector("[data-remaining]");
  const showRemaining = () => {
    const parts = [...document.querySelectorAll("input[data-part]")].map((input) => cents(input.value));
    const ticked = [...document.querySelectorAll("input[data-part-amount]:checked")].map((box) => cents(box.dataset.partAmount.replace(".", ",")));
    const left = cents(remaining.dataset.remaining.replace(".", ",")) - [...parts, ...ticked].reduce((sum, part) => sum + part, 0);
    remaining.textContent = euros(left);
  };
  if (remaining) {
    document.addEventListener("input", showRemaining);
    showRemaining();
  }
})();
