// The chat beside every page. Whatever bots and people say becomes text, never markup.

const panel = document.querySelector("[data-chat]");
if (panel) setUp(panel);

function setUp(panel) {
  const find = (selector) => panel.querySelector(selector);
  const [toggle, box, log, form, text] = [".chat-toggle", ".chat-box", ".chat-log", ".chat-form", ".chat-text"].map(find);
  const language = find(".chat-language");
  const storeKey = `greenroom-chat/${panel.dataset.store}`;
  const fresh = () => ({ conversation: newName(), entries: [], open: false, language: language?.value });
  let state = stored() ?? fresh();

  /** A name that nobody guesses; `crypto.randomUUID` is missing where pages come without TLS. */
  function newName() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  function stored() {
    try { return JSON.parse(sessionStorage.getItem(storeKey) ?? "null"); } catch { return null; }
  }
  function keep() {
    try { sessionStorage.setItem(storeKey, JSON.stringify(state)); } catch { /* A full store only means that the next page begins anew. */ }
  }
  async function send(address, body) {
    const csrf = find("input[name=_csrf]")?.value ?? "";
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "x-csrf-token": csrf },
      body: JSON.stringify(body),
    });
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    if (!isJson) throw new Error(response.ok ? "Nothing is published yet." : "The server did not answer.");
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail ?? "That did not work.");
    return told;
  }

  function element(name, className, content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  }
  function link(label, href) {
    const made = element("a", "", label);
    made.href = href;
    return made;
  }
  function list(title, items) {
    const nodes = [element("h3", "", title)];
    const made = element("ul");
    made.append(...items);
    return [...nodes, made];
  }
  function line(step) {
    const item = element("li", "", step.text);
    if (step.href) item.append(" ", link(step.node, step.href));
    if (step.more) item.append(` ${step.more}`);
    return item;
  }
  function traceOf(told) {
    const details = element("details", "chat-trace");
    const best = told.intents.find((intent) => intent.is_chosen);
    const summary = best ? `Understood: ${best.name} (${best.percent} %)` : told.is_understood ? "What happened" : "Not understood";
    details.append(element("summary", "", summary));
    if (told.intents.length > 0) {
      details.append(...list("Intents considered", told.intents.map((intent) => {
        const item = element("li");
        item.append(link(intent.name, intent.href), ` ${intent.percent} %${intent.is_chosen ? " ✓" : ""}`);
        return item;
      })));
    }
    const [conditions, steps] = [true, false].map((wanted) => told.trace.filter((step) => step.is_condition === wanted));
    if (steps.length > 0) details.append(...list("Steps", steps.map(line)));
    if (conditions.length > 0) {
      const folded = element("details");
      folded.append(element("summary", "", `Conditions looked at (${conditions.length})`));
      const lines = element("ul");
      lines.append(...conditions.map(line));
      folded.append(lines);
      details.append(folded);
    }
    if (told.contexts.length > 0) details.append(...list("Contexts", told.contexts.map((context) => element("li", "", context))));
    if (told.variables.length > 0) {
      details.append(...list("Variables", told.variables.map(([name, value]) => element("li", "", `${name} = ${value}`))));
    }
    return details;
  }
  function show(entry) {
    if (entry.said !== undefined) log.append(element("div", "chat-said", entry.said));
    if (entry.fault) log.append(element("div", "chat-fault", entry.fault));
    if (entry.told) {
      for (const reply of entry.told.replies) {
        if (reply.text) log.append(element("div", "chat-reply", reply.text));
        if (reply.buttons.length === 0) continue;
        const buttons = element("div", "chat-buttons");
        for (const button of reply.buttons) {
          if (button.url && /^https?:\/\//.test(button.url)) {
            const made = link(button.title, button.url);
            made.className = "button";
            made.target = "_blank";
            made.rel = "noopener noreferrer";
            buttons.append(made);
          } else {
            const made = element("button", "", button.title);
            made.type = "button";
            made.disabled = button.payload === null;
            made.addEventListener("click", () => act({ button: button.payload }, button.title));
            buttons.append(made);
          }
        }
        log.append(buttons);
      }
      if (entry.told.replies.length === 0) log.append(element("div", "muted small", "The bot says nothing."));
      if (entry.told.handed_over) log.append(element("div", "muted small", "A person has taken over."));
      log.append(traceOf(entry.told));
    }
    log.scrollTop = log.scrollHeight;
  }
  async function act(what, said) {
    const conversation = state.conversation;
    if (said !== undefined) show({ said });
    let entry;
    try {
      entry = { said, told: await send(panel.dataset.chat, { conversation, act: what, language: state.language || undefined }) };
    } catch (error) {
      entry = { said, fault: error.message };
    }
    // An answer to a conversation that was restarted meanwhile is nobody's.
    if (conversation !== state.conversation) return;
    show({ ...entry, said: undefined });
    state.entries.push(entry);
    keep();
  }
  function open(isOpen) {
    box.hidden = !isOpen;
    toggle.hidden = isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    state.open = isOpen;
    keep();
    if (isOpen && state.entries.length === 0) act("start");
    log.scrollTop = log.scrollHeight;
  }
  function restart() {
    state = { ...fresh(), open: true };
    log.replaceChildren();
    keep();
    act("start");
    text.focus();
  }

  if (language && state.language) language.value = state.language;
  state.entries.forEach(show);
  open(state.open);
  toggle.addEventListener("click", () => { open(true); text.focus(); });
  find(".chat-close").addEventListener("click", () => { open(false); toggle.focus(); });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { open(false); toggle.focus(); } });
  find(".chat-restart").addEventListener("click", restart);
  language?.addEventListener("change", restart);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (said === "") return;
    text.value = "";
    act({ text: said }, said);
  });
  find(".chat-keep-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = find(".chat-kept");
    try {
      const kept = await send(panel.dataset.keep, { conversation: state.conversation, name: find(".chat-test-name").value });
      status.replaceChildren(kept.passed ? "Saved; it passes: " : "Saved; it does not pass yet: ", link("open the test", kept.href), kept.notes.map((note) => `; ${note}`).join(""));
    } catch (error) {
      status.textContent = error.message;
    }
  });
}
