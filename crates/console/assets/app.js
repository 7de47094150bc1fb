// Makes forms handier. Every page works without it: data attributes say what to do.

const setUp = {
  /** `data-confirm="question"` on a form: asks before it is sent. */
  confirm(form) {
    form.addEventListener("submit", (event) => {
      if (!window.confirm(form.dataset.confirm)) event.preventDefault();
    });
  },

  /** `data-guard` on a form: warns before typed text is lost. */
  guard(form) {
    let touched = form.dataset.guard === "touched";
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("submit", () => { touched = false; });
    window.addEventListener("beforeunload", (event) => {
      if (touched) event.preventDefault();
    });
  },

  /** `data-filter="#id"` on an input: shows the rows of a list that hold its text. */
  filter(input) {
    const list = document.querySelector(input.dataset.filter);
    const count = document.querySelector(input.dataset.filterCount || "#none");
    if (!list) return;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of list.children) {
        row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown += 1;
      }
      if (count) count.textContent = wanted === "" ? "" : `${shown} shown`;
    });
  },

  /** `data-add-row="#id"` on a button: one more empty row, numbered on. */
  addRow(button) {
    const rows = document.querySelector(button.dataset.addRow);
    if (!rows || !rows.lastElementChild) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const last = rows.lastElementChild;
      const number = Number(last.dataset.row);
      const fresh = last.cloneNode(true);
      fresh.dataset.row = String(number + 1);
      const renumber = (text) => text.replace(`.${number}.`, `.${number + 1}.`);
      for (const element of fresh.querySelectorAll("[name], [id], [for]")) {
        for (const attribute of ["name", "id", "for"]) {
          if (element.hasAttribute(attribute)) element.setAttribute(attribute, renumber(element.getAttribute(attribute)));
        }
        if ("value" in element && element.tagName !== "OPTION") {
          if (element.tagName === "SELECT") element.selectedIndex = 0;
          else if (element.type !== "checkbox") element.value = "";
          else element.checked = false;
        }
      }
      rows.append(fresh);
      fresh.querySelector("input, select, textarea")?.focus();
    });
  },

  /** `data-centre` on a scrolling box: brings its selected part into view. */
  centre(box) {
    const selected = box.querySelector(".selected");
    if (!selected) return;
    const outer = box.getBoundingClientRect();
    const inner = selected.getBoundingClientRect();
    box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    box.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
  },

  /** `data-lines="#id"` on a text area: says how many lines it has. */
  lines(area) {
    const output = document.querySelector(area.dataset.lines);
    const show = () => {
      const lines = area.value.split("\n").filter((line) => line.trim() !== "").length;
      if (output) output.textContent = lines === 0 ? "" : lines === 1 ? "1 line" : `${lines} lines`;
    };
    area.addEventListener("input", show);
    show();
  },

  /** `data-upload="address"` on a form with a file: sends the file by itself, then goes there. */
  upload(form) {
    const button = form.querySelector("button");
    const fault = form.querySelector("[role=alert]");
    button.disabled = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      fault.hidden = true;
      const address = `${form.action}?mode=${encodeURIComponent(form.elements.mode.value)}`;
      const headers = { "x-csrf-token": form.elements._csrf.value, "content-type": "application/zip", accept: "application/json" };
      try {
        const response = await fetch(address, { method: "POST", headers, body: form.elements.file.files[0] });
        if (response.ok) {
          window.location.assign(form.dataset.upload);
          return;
        }
        const problem = await response.json();
        fault.textContent = problem.detail;
      } catch {
        fault.textContent = "The file did not reach the server; try again.";
      }
      fault.hidden = false;
      button.disabled = false;
    });
  },

  /** `data-names="#id"` on a name: shows the id that it would get. */
  names(input) {
    const output = document.querySelector(input.dataset.names);
    const show = () => {
      const id = input.value.toLowerCase().replace(/[^a-z0-9-]+/g, "_").replace(/^[_-]+|[_-]+$/g, "");
      if (output) output.textContent = id;
    };
    input.addEventListener("input", show);
    show();
  },
};

for (const [name, start] of Object.entries(setUp)) {
  const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  document.querySelectorAll(`[data-${attribute}]`).forEach(start);
}
