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
  /** An address that may be opened; other schemes could run something. */
  function safeAddress(text) {
    try {
      const url = new URL(text, location.href);
      return ["https:", "http:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }
  function opened(label, address) {
    const href = safeAddress(address);
    if (!href) return element("span", "muted", label);
    const made = link(label, href);
    made.target = "_blank";
    made.rel = "noopener noreferrer";
    return made;
  }
  /** A button of a card stands in its content as the bot has it; others say at once what they do. */
  function choices(buttons) {
    if (!buttons?.length) return [];
    const row = element("div", "chat-buttons");
    for (const { title, action, payload = action?.payload, url = action?.url } of buttons) {
      if (url != null) {
        const made = opened(title, url);
        if (made.href) made.className = "button";
        row.append(made);
        continue;
      }
      const made = element("button", "", title);
      made.type = "button";
      made.disabled = payload == null;
      made.addEventListener("click", () => act({ button: payload }, title));
      row.append(made);
    }
    return [row];
  }
  /** Pages of the console load nothing from elsewhere: what stands on another server is a link. */
  function picture(address, alt) {
    const src = safeAddress(address);
    if (src && new URL(src).origin === location.origin) {
      const made = element("img");
      made.src = src;
      made.alt = alt ?? "";
      return made;
    }
    return opened(`▣ ${alt || address}`, address);
  }
  function card({ title, subtitle, image, buttons }) {
    const made = element("div", "chat-card");
    if (image) made.append(picture(image, ""));
    made.append(element("strong", "", title));
    if (subtitle) made.append(element("span", "", subtitle));
    made.append(...choices(buttons));
    return made;
  }
  function cards(className, all) {
    const made = element("ul", className);
    for (const one of all) {
      const item = element("li");
      item.append(card(one));
      made.append(item);
    }
    if (className === "chat-row") made.tabIndex = 0;
    return made;
  }
  /** What is more than a text; nothing where its text must stand for it. */
  function rich(content) {
    switch (content?.type) {
      case "card": return [card(content)];
      case "carousel": return [cards("chat-row", content.cards)];
      case "list": return [...(content.title ? [element("strong", "", content.title)] : []), cards("chat-items", content.items)];
      case "image": return [picture(content.url, content.text)];
      case "video": return [opened(`▶ ${content.text || content.url}`, content.url)];
      case "file": return [opened(`↓ ${content.name || content.url}`, content.url)];
      default: return null;
    }
  }
  /** How many of a reply's buttons stand in its cards. */
  function inCards({ buttons = [], cards = [], items = [] }) {
    return [...cards, ...items].reduce((sum, one) => sum + (one.buttons?.length ?? 0), buttons.length);
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
        const shown = rich(reply.content);
        if (shown) {
          const made = element("div", "chat-reply chat-rich");
          made.append(...shown);
          log.append(made);
        } else if (reply.text) {
          log.append(element("div", "chat-reply", reply.text));
        }
        log.append(...choices(shown ? reply.buttons.slice(inCards(reply.content)) : reply.buttons));
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
