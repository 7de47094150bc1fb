/* Greenroom web chat. One script, no dependency:
 *   <script src="https://HOST/widget.js" data-bot="BOT" data-env="live" data-channel="web" data-mode="bubble" defer></script>
 * data-mode: "bubble" (a button in the corner) or "inline" (where the script stands, or in the element
 * whose id data-target names). Everything lives in a shadow root: the page's styles and ours stay apart,
 * and a strict content security policy needs no exception for inline styles or scripts.
 * Whatever the bot or the user says is set as text, never as markup. */
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script) return;
  const { bot, env = "live", channel = "web", mode = "bubble", token, target } = script.dataset;
  const server = new URL(script.src).href.replace(/\/widget\.js.*$/, "");
  const isDraft = Boolean(token);
  const address = server + "/chat/" + encodeURIComponent(bot || "") +
    (isDraft ? "/draft" : "/" + encodeURIComponent(env) + "/" + encodeURIComponent(channel));
  const memory = "greenroom:" + address;
  const LONGEST = 10000;
  const KEPT = 100;

  const WORDS = {
    en: { open: "Open chat", close: "Close chat", dismiss: "Dismiss", restart: "New conversation", log: "Conversation",
      label: "Your message", send: "Send", you: "You", bot: "Bot", writing: "Writing …",
      failed: "Your message could not be sent.", retry: "Try again", gone: "The chat is not available at the moment.",
      handed: "A person has taken over this conversation.", tab: "opens in a new tab" },
    de: { open: "Chat öffnen", close: "Chat schließen", dismiss: "Ausblenden", restart: "Neues Gespräch", log: "Gespräch",
      label: "Ihre Nachricht", send: "Senden", you: "Sie", bot: "Bot", writing: "Schreibt …",
      failed: "Ihre Nachricht konnte nicht gesendet werden.", retry: "Erneut versuchen",
      gone: "Der Chat ist im Moment nicht verfügbar.", handed: "Ein Mensch hat das Gespräch übernommen.",
      tab: "öffnet einen neuen Tab" },
    fr: { open: "Ouvrir le chat", close: "Fermer le chat", dismiss: "Masquer", restart: "Nouvelle conversation",
      log: "Conversation", label: "Votre message", send: "Envoyer", you: "Vous", bot: "Bot", writing: "Écrit …",
      failed: "Votre message n’a pas pu être envoyé.", retry: "Réessayer",
      gone: "Le chat n’est pas disponible pour le moment.", handed: "Une personne a repris cette conversation.",
      tab: "s’ouvre dans un nouvel onglet" },
    es: { open: "Abrir el chat", close: "Cerrar el chat", dismiss: "Ocultar", restart: "Nueva conversación",
      log: "Conversación", label: "Su mensaje", send: "Enviar", you: "Usted", bot: "Bot", writing: "Escribiendo …",
      failed: "No se pudo enviar su mensaje.", retry: "Intentar de nuevo",
      gone: "El chat no está disponible en este momento.", handed: "Una persona se ha hecho cargo de la conversación.",
      tab: "se abre en una pestaña nueva" },
    nl: { open: "Chat openen", close: "Chat sluiten", dismiss: "Verbergen", restart: "Nieuw gesprek", log: "Gesprek",
      label: "Uw bericht", send: "Versturen", you: "U", bot: "Bot", writing: "Schrijft …",
      failed: "Uw bericht kon niet worden verstuurd.", retry: "Opnieuw proberen",
      gone: "De chat is op dit moment niet beschikbaar.", handed: "Een medewerker heeft het gesprek overgenomen.",
      tab: "opent in een nieuw tabblad" },
  };

  const STYLE = `
    :host { all: initial; --brand: #1d4f91; --on-brand: #fff; color: #1a1a1a; font: 16px/1.45 system-ui, sans-serif; }
    :host([data-mode="inline"]) { display: flex; flex: 1; min-width: 0; min-height: 20rem; }
    * { box-sizing: border-box; font: inherit; }
    [hidden] { display: none !important; }
    button, a.button { cursor: pointer; border-radius: 0.5rem; }
    :focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .launch { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; display: flex;
      flex-direction: row-reverse; align-items: center; gap: 0.5rem; max-width: calc(100vw - 2rem); }
    .start .launch { inset-inline: 1rem auto; flex-direction: row; }
    .launcher { width: 3.5rem; height: 3.5rem; flex: none; border: 0; border-radius: 50%; background: var(--brand);
      color: var(--on-brand); box-shadow: 0 2px 10px rgb(0 0 0 / 35%); }
    .launcher svg { width: 1.75rem; height: 1.75rem; display: block; margin: auto; }
    .greeting { display: flex; align-items: start; gap: 0.25rem; padding: 0.5rem 0.5rem 0.5rem 0.75rem; background: #fff;
      border: 1px solid #767676; border-radius: 0.75rem; overflow-wrap: anywhere; }
    .greeting button { border: 0; background: none; color: inherit; min-width: 1.75rem; min-height: 1.75rem; }
    .panel { display: flex; flex-direction: column; background: #fff; color: #1a1a1a; border: 1px solid #767676;
      border-radius: 0.75rem; overflow: hidden; }
    .bubble .panel { position: fixed; inset-block-end: 5.25rem; inset-inline-end: 1rem; z-index: 2147483000;
      width: 24rem; max-width: calc(100vw - 2rem); height: 36rem; max-height: calc(100vh - 6.25rem);
      max-height: calc(100dvh - 6.25rem); box-shadow: 0 4px 24px rgb(0 0 0 / 30%); animation: rise 0.18s ease-out; }
    .bubble.start .panel { inset-inline: 1rem auto; }
    .inline, .inline .panel { flex: 1; display: flex; min-width: 0; min-height: 0; }
    .inline .panel { flex-direction: column; }
    @keyframes rise { from { opacity: 0; transform: translateY(0.75rem); } }
    @media (prefers-reduced-motion: reduce) { .panel { animation: none !important; } }
    @media (max-width: 30rem) {
      .bubble .panel, .bubble.start .panel { inset: 0.5rem 0.5rem 5.25rem; width: auto; max-width: none; height: auto; max-height: none; }
    }
    header { display: flex; align-items: center; gap: 0.5rem; padding: 0.5rem 0.75rem; background: var(--brand); color: var(--on-brand); }
    header h2 { flex: 1; min-width: 0; margin: 0; font-size: 1.05rem; font-weight: 600; overflow-wrap: anywhere; }
    header button { min-width: 2.25rem; min-height: 2.25rem; border: 1px solid currentcolor; background: transparent; color: inherit; }
    .log { flex: 1; min-height: 4rem; overflow-y: auto; overscroll-behavior: contain; padding: 0.75rem; display: flex; flex-direction: column; gap: 0.5rem; }
    .log:focus-visible { outline-offset: -4px; box-shadow: none; }
    .said { max-width: 88%; padding: 0.5rem 0.75rem; border-radius: 0.75rem; background: #eef0f3; align-self: start; overflow-wrap: anywhere; }
    .said.mine { align-self: end; background: var(--brand); color: var(--on-brand); }
    .said .text { white-space: pre-wrap; }
    .choices { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-block-start: 0.5rem; }
    .choices button, .choices a { display: inline-block; padding: 0.375rem 0.75rem; min-height: 2.25rem; border: 1px solid #1a1a1a;
      border-radius: 0.5rem; background: #fff; color: #1a1a1a; text-decoration: none; overflow-wrap: anywhere; text-align: start; }
    .choices button:hover, .choices a:hover { text-decoration: underline; }
    .choices button:disabled { color: #595959; border-color: #8c8c8c; cursor: default; text-decoration: none; }
    .rich { max-width: 100%; display: flex; flex-direction: column; gap: 0.5rem; }
    .rich img, .rich video { display: block; max-width: 100%; max-height: 16rem; border-radius: 0.5rem; background: #fff; }
    .rich ul { margin: 0; padding: 0; list-style: none; display: flex; gap: 0.5rem; }
    .rich ul.items { flex-direction: column; }
    .rich ul.row { overflow-x: auto; padding-block-end: 0.25rem; scroll-snap-type: x proximity; }
    .rich ul.row > li { flex: none; width: 13rem; max-width: 85%; scroll-snap-align: start; }
    .card { height: 100%; padding: 0.625rem; border: 1px solid #8c8c8c; border-radius: 0.5rem; background: #fff; }
    .card img { width: 100%; max-height: 9rem; object-fit: cover; margin-block-end: 0.5rem; }
    .card strong, .rich > strong { display: block; font-weight: 600; }
    .rich > a { color: inherit; }
    .status { min-height: 1.45em; padding: 0 0.75rem; color: #4a4a4a; font-size: 0.875rem; }
    .failure { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0 0.75rem 0.5rem; padding: 0.5rem 0.75rem;
      border-inline-start: 4px solid #b00020; background: #fdecee; color: #7a0016; }
    .failure button { border: 1px solid currentcolor; background: #fff; color: inherit; padding: 0.25rem 0.75rem; min-height: 2.25rem; }
    form { display: flex; align-items: end; gap: 0.5rem; padding: 0.5rem 0.75rem 0.75rem; border-block-start: 1px solid #d0d3d8; }
    textarea { flex: 1; min-width: 0; min-height: 2.5rem; max-height: 8rem; padding: 0.5rem; border: 1px solid #767676;
      border-radius: 0.5rem; resize: none; background: #fff; color: inherit; }
    .send { min-height: 2.5rem; padding: 0 1rem; border: 1px solid var(--brand); background: var(--brand); color: var(--on-brand); }
    @media (forced-colors: active) { .launcher, .send, .said { border: 1px solid ButtonText; } }`;

  /** Makes an element. Texts are children, so nothing that is said becomes markup. */
  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }

  /** A sign for the eye; its button has a name of its own. */
  function glyph(sign) {
    return make("span", { "aria-hidden": "true" }, sign);
  }

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("fill", "currentColor");
    path.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z");
    svg.append(path);
    return svg;
  }

  /** Black or white: whichever is easier to read on the colour (WCAG 2 relative luminance). */
  function readableOn(colour) {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#fff" : "#000";
  }

  /** Addresses that a button may open; a script is none of them. */
  function safeAddress(text) {
    try {
      const url = new URL(text, location.href);
      return ["https:", "http:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  /** Addresses that pictures and films may come from. */
  function safeSource(text) {
    const address = safeAddress(text ?? "");
    return address && /^https?:/.test(address) ? address : null;
  }

  /** 128 random bits: the name of a conversation, or of a message, so that one sent again is heard once. */
  function newName() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** What was said in this tab; the page may forbid to keep it, and then it is gone with the page. */
  function recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(memory));
      if (/^[0-9a-f]{32}$/.test(kept.conversation) && Array.isArray(kept.said)) return kept;
    } catch { /* nothing kept, or not ours */ }
    return { conversation: newName(), said: [], open: false };
  }

  async function ask(path, body) {
    const headers = isDraft ? { "x-greenroom-preview": token } : {};
    if (body) headers["content-type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 40000);
    try {
      const answer = await fetch(address + path, {
        method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body),
        credentials: "omit", cache: "no-store", signal: stop.signal,
      });
      if (!answer.ok) throw new Error("status " + answer.status);
      return await answer.json();
    } finally {
      clearTimeout(timer);
    }
  }

  function build(looks) {
    const language = (looks.language || document.documentElement.lang || navigator.language || "en").slice(0, 2).toLowerCase();
    const words = WORDS[language] || WORDS.en;
    const inline = mode === "inline";
    const colour = /^#[0-9a-f]{6}$/.test(looks.colour || "") ? looks.colour : "#1d4f91";
    let kept = recall();
    let queue = [];
    let sending = false;

    const host = make("div", { "data-mode": inline ? "inline" : "bubble", "data-greenroom-chat": true });
    const root = host.attachShadow({ mode: "open" });
    const style = `${STYLE} :host { --brand: ${colour}; --on-brand: ${readableOn(colour)}; }`;
    if ("adoptedStyleSheets" in Document.prototype) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet];
    } else {
      root.append(make("style", {}, style));
    }

    const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0" });
    const status = make("div", { class: "status", role: "status" });
    const failureText = make("span", {}, words.failed);
    const retry = make("button", { type: "button", click: () => { hideFailure(); input.focus(); work(); } }, words.retry);
    const failure = make("div", { class: "failure", role: "alert", hidden: true });
    const input = make("textarea", { id: "text", rows: "1", maxlength: LONGEST, autocomplete: "off", enterkeyhint: "send",
      dir: "auto", keydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          submit();
        }
      } });
    const form = make("form", { submit: (event) => { event.preventDefault(); submit(); } },
      make("label", { for: "text", class: "sr" }, words.label), input,
      make("button", { class: "send", type: "submit" }, words.send));
    const title = make("h2", { id: "title" }, looks.title);
    const restart = make("button", { type: "button", "aria-label": words.restart, title: words.restart, click: begin }, glyph("↻"));
    const close = make("button", { type: "button", "aria-label": words.close, title: words.close, click: () => toggle(false) }, glyph("✕"));
    const panel = make("section", { class: "panel", id: "panel", "aria-labelledby": "title", hidden: !inline,
      role: inline ? "region" : "dialog", lang: WORDS[language] ? language : "en" },
      make("header", {}, title, restart, inline ? null : close), log, status, failure, form);
    const frame = make(inline ? "div" : "aside", { "aria-label": inline ? null : looks.title, class: `${inline ? "inline" : "bubble"} ${looks.position === "start" ? "start" : "end"}` }, panel);
    root.append(frame);

    const launcher = make("button", { class: "launcher", type: "button", "aria-label": words.open, "aria-expanded": "false",
      "aria-controls": "panel", "aria-haspopup": "dialog", click: () => toggle(panel.hidden) }, icon());
    if (!inline) {
      const launch = make("div", { class: "launch" }, launcher);
      if (looks.greeting && !kept.said.length) {
        const greeting = make("div", { class: "greeting" }, make("span", { dir: "auto" }, looks.greeting),
          make("button", { type: "button", "aria-label": words.dismiss, click: () => { greeting.remove(); launcher.focus(); } },
            glyph("✕")));
        launch.append(greeting);
      }
      frame.append(launch);
      panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape") toggle(false);
      });
    }

    /** Opens or closes the bubble. The focus goes in with the user, and back to the button with them. */
    function toggle(open, quietly) {
      panel.hidden = !open;
      launcher.setAttribute("aria-expanded", String(open));
      launcher.setAttribute("aria-label", open ? words.close : words.open);
      root.querySelector(".greeting")?.remove();
      kept.open = open;
      keep();
      if (open) {
        greet();
        scroll();
      }
      if (!quietly) (open ? input : launcher).focus();
    }

    function keep() {
      kept.said = kept.said.slice(-KEPT);
      try {
        sessionStorage.setItem(memory, JSON.stringify(kept));
      } catch { /* the page forbids it */ }
    }

    function scroll() {
      log.scrollTop = log.scrollHeight;
    }

    /** A button of a card stands in its content as the bot has it; others say at once what they do. */
    function choices(buttons = []) {
      const made = buttons.map(({ title: label, action, payload = action?.payload, url = action?.url }) => {
        if (url == null) {
          return make("button", { type: "button", click: () => {
            input.focus();
            say({ payload }, label);
          } }, label);
        }
        const href = safeAddress(url);
        return href && make("a", { href, target: "_blank", rel: "noopener noreferrer" }, label,
          make("span", { class: "sr" }, ` (${words.tab})`));
      }).filter(Boolean);
      return made.length ? make("div", { class: "choices" }, ...made) : null;
    }

    function picture(address, alt) {
      const src = safeSource(address);
      return src && make("img", { src, alt: alt || "", loading: "lazy", referrerpolicy: "no-referrer", load: scroll });
    }

    function card({ title: name, subtitle, image, buttons }) {
      return make("div", { class: "card" }, picture(image), make("strong", { dir: "auto" }, name),
        subtitle ? make("span", { class: "text", dir: "auto" }, subtitle) : null, choices(buttons));
    }

    /** What is more than a text, as elements; nothing where its text must stand for it. */
    function rich(content) {
      const list = (name, cards) => make("ul", { class: name, tabindex: name === "row" ? "0" : null },
        ...cards.map((one) => make("li", {}, card(one))));
      const src = safeSource(content.url);
      switch (content.type) {
        case "card": return [card(content)];
        case "carousel": return [list("row", content.cards)];
        case "list": return [content.title ? make("strong", { dir: "auto" }, content.title) : null, list("items", content.items)];
        case "image": return src && [picture(content.url, content.text)];
        case "video": return src && [make("video", { src, controls: true, preload: "metadata", "aria-label": content.text || null })];
        case "file": return src && [make("a", { href: src, target: "_blank", rel: "noopener noreferrer", download: content.name || true },
          content.name || src, make("span", { class: "sr" }, ` (${words.tab})`))];
        default: return null;
      }
    }

    /** How many of a reply's buttons stand in its cards. */
    function inCards({ buttons = [], cards = [], items = [] }) {
      return [...cards, ...items].reduce((sum, one) => sum + (one.buttons?.length ?? 0), buttons.length);
    }

    function show({ mine, text, buttons = [], content }) {
      // Buttons are for the answer to the bot's last words.
      if (mine) for (const button of log.querySelectorAll(".choices button")) button.disabled = true;
      const shown = content ? rich(content) : null;
      log.append(make("div", { class: mine ? "said mine" : shown ? "said rich" : "said" },
        make("span", { class: "sr" }, `${mine ? words.you : words.bot}: `),
        ...(shown ?? [text ? make("span", { class: "text", dir: "auto" }, text) : null]),
        choices(shown ? buttons.slice(inCards(content)) : buttons)));
      scroll();
    }

    function remember(said) {
      kept.said.push(said);
      keep();
      show(said);
    }

    function submit() {
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      say({ text }, text);
    }

    function say(message, shown) {
      remember({ mine: true, text: shown });
      queue.push({ ...message, id: newName() });
      work();
    }

    function greet() {
      if (kept.said.length || queue.length || sending) return;
      queue.push({ start: true, id: newName() });
      work();
    }

    function begin() {
      kept = { conversation: newName(), said: [], open: kept.open };
      queue = [];
      log.replaceChildren();
      hideFailure();
      keep();
      greet();
      input.focus();
    }

    function hideFailure() {
      failure.hidden = true;
      failure.replaceChildren();
    }

    /** Sends what waits, one after another; what fails stays first until it is tried again. */
    async function work() {
      if (sending || !failure.hidden) return;
      sending = true;
      while (queue.length) {
        const message = queue[0];
        const { conversation } = kept;
        status.textContent = words.writing;
        try {
          const answer = await ask("/messages", { conversation, ...message });
          if (conversation !== kept.conversation) continue; // begun anew meanwhile
          queue.shift();
          for (const reply of answer.replies) {
            const buttons = [...(reply.buttons ?? []), ...(reply.quick_replies ?? [])];
            const { text, content } = reply;
            // What is made for this page alone is the page's to show.
            if (content?.type === "raw") host.dispatchEvent(new CustomEvent("greenroom:raw", { bubbles: true, detail: content.json }));
            else if (text || content || buttons.length) remember({ text, buttons, content });
          }
          if (answer.handed_over && !kept.handed) remember({ text: words.handed });
          kept.handed = answer.handed_over;
        } catch {
          if (conversation !== kept.conversation) continue;
          failure.hidden = false;
          failure.replaceChildren(failureText, retry);
          break;
        }
      }
      status.textContent = "";
      sending = false;
    }

    const place = target && document.getElementById(target);
    if (inline) place ? place.append(host) : script.after(host);
    else document.body.append(host);
    kept.said.forEach(show);
    if (inline) greet();
    else if (kept.open) toggle(true, true);
  }

  function unavailable(error) {
    console.warn("Greenroom chat: " + address + " does not answer (" + error.message + "). " +
      "Is the channel right, and is this page's origin in its settings?");
    if (mode !== "inline") return;
    const language = (document.documentElement.lang || "en").slice(0, 2).toLowerCase();
    const place = target && document.getElementById(target);
    const note = make("p", { role: "status" }, (WORDS[language] || WORDS.en).gone);
    if (place) place.append(note);
    else script.after(note);
  }

  function start() {
    ask("/settings").then(build, unavailable);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
