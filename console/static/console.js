// What the pages gain with scripts; every page works without.

const search = document.getElementById("search");
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

// The rows of the page's first table, to be walked with j and k and opened with Enter.
const rows = [...(document.querySelector("main table tbody")?.rows ?? [])].filter((row) => row.querySelector("a"));
let here = -1;

function walk(step) {
  if (rows.length === 0) return;
  rows[here]?.classList.remove("here");
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here].classList.add("here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "j") {
    walk(1);
  } else if (event.key === "k") {
    walk(-1);
  }
});

// Reads an amount back while it is typed: with separators, in yuan, exactly as the server will take it.
const groups = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

function readBack(text, unit) {
  const plain = text.normalize("NFKC").replace(/[\s,¥]/g, "");
  const match = /^(\d{1,15})(?:\.(\d{0,8}))?$/.exec(plain);
  if (!match) return "";
  const shift = unit === "wan" ? 4 : 0;
  const decimals = (match[2] ?? "").padEnd(shift + 2, "0");
  if (/[1-9]/.test(decimals.slice(shift + 2))) return "";
  const whole = (match[1] + decimals.slice(0, shift)).replace(/^0+(?=\d)/, "");
  return `= ${groups(whole)}.${decimals.slice(shift, shift + 2)} ${document.documentElement.lang === "en" ? "CNY" : "元"}`;
}

for (const output of document.querySelectorAll("output[data-read-back]")) {
  const field = output.closest(".field");
  const input = field.querySelector("input");
  const unit = field.querySelector("select");
  const say = () => { output.textContent = readBack(input.value, unit.value); };
  input.addEventListener("input", say);
  unit.addEventListener("change", say);
  if (!output.textContent.trim()) say();
}

// A form that moves money is sent once: the second click does nothing while the first is under way.
for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A page whose figures move is read again in its place: scroll and focus stay where the reader put them.
const main = document.querySelector("main[data-refresh]");

async function readAgain() {
  try {
    const answer = await fetch(location.href);
    // The session ended: the page itself says so.
    if (answer.redirected) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (answer.ok && fresh && !main.contains(document.activeElement)) {
      main.replaceChildren(...fresh.childNodes);
      if (!fresh.dataset.refresh) return;
    }
  } catch {
    // Nobody answered; the next reading may.
  }
  setTimeout(readAgain, Number(main.dataset.refresh) * 1000);
}
if (main) setTimeout(readAgain, Number(main.dataset.refresh) * 1000);
