"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const POINTS = 300, CARDS = 50, SPEAKERS = 6;
  let token = sessionStorage.getItem("token") || "", searching = false, unsaid = 0, saidAt = 0, replay = "";
  const series = { rate: [], lag: [] };

  // Whatever comes from an article is only ever put in as text.
  function make(name, options = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(options)) {
      if (value === undefined || value === null) continue;
      if (key === "class") element.className = value; else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  const fill = (element, ...children) => element.replaceChildren(...children);
  const ask = (path, options = {}) =>
    fetch(path, { ...options, cache: "no-store", headers: token ? { Authorization: `Bearer ${token}` } : {} });

  // --- How it is ---

  function time(ms) {
    if (ms === null || ms === undefined) return "–";
    if (ms === 0) return "0 s";
    if (ms < 1) return `${ms.toFixed(2)} ms`;
    if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
    const seconds = ms / 1000;
    if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
    return `${Math.round(seconds / 86400)} days`;
  }
  function size(bytes) {
    for (const [unit, step] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
      if (bytes >= step) return `${(bytes / step).toFixed(1)} ${unit}`;
    }
    return `${bytes} bytes`;
  }
  const ago = (ms) => (ms === null || ms === undefined ? "never" : ms < 2000 ? "just now" : `${time(ms)} ago`);

  function health(kind, text) {
    const pill = $("health");
    if (pill.textContent !== text) pill.textContent = text;
    pill.className = `pill ${kind}`;
  }

  function facts(list, pairs) {
    fill(list, ...pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
      .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value instanceof Node ? value : String(value))]));
  }

  function balance(now) {
    const { inputs, records, rejected, in_flight: waiting } = now.ledger, { imbalance } = now.run;
    const term = (count, what) => make("span", {}, make("b", {}, number.format(count)), what);
    const op = (sign) => make("span", { class: "op" }, sign);
    fill($("sum"), term(inputs, inputs === 1 ? "input" : "inputs"), op("="), term(records, records === 1 ? "record" : "records"), op("+"), term(rejected, "rejected"), op("+"),
      term(waiting, "on the way"), imbalance === 0 ? make("span", { class: "ok" }, "✓ balances") : make("span", { class: "off" }, `✗ ${Math.abs(imbalance)} ${imbalance > 0 ? "missing" : "too many"}`));
    const run = now.run;
    $("run").textContent = `In ${time(now.up_seconds * 1000)}: ${number.format(run.entered)} read, ${number.format(run.records)} recorded, `
      + `${number.format(run.rejected)} rejected, ${number.format(run.unchanged)} unchanged. ${number.format(now.watcher.waiting_files)} ${now.watcher.waiting_files === 1 ? "file" : "files"} not read yet.`;
    fill($("reasons"), ...now.reasons.map(({ reason, why }) => make("li", {}, make("b", {}, reason), `: ${why}`)));
    if (now.reasons.length === 0) health("good", "ready"); else health("bad", now.reasons.map(({ reason }) => reason).join(", "));
  }

  function plot(id, values, shown, what) {
    const svg = $(id), top = Math.max(1, ...values), SVG = "http://www.w3.org/2000/svg";
    const x = (at) => POINTS - values.length + 1 + at, y = (value) => 58 - (value / top) * 54;
    const points = values.map((value, at) => `${x(at)} ${y(value).toFixed(1)}`).join("L");
    let [area, stroke] = svg.children;
    if (!area) {
      area = document.createElementNS(SVG, "path");
      stroke = document.createElementNS(SVG, "path");
      area.setAttribute("class", "area");
      stroke.setAttribute("class", "stroke");
      svg.append(area, stroke);
    }
    area.setAttribute("d", values.length > 1 ? `M${x(0)} 60L${points}L${POINTS} 60Z` : "");
    stroke.setAttribute("d", values.length > 1 ? `M${points}` : "");
    const peak = values.length ? Math.max(...values) : 0, last = values.length ? values[values.length - 1] : 0;
    $(`${id}-now`).textContent = `${shown(last)} · peak ${shown(peak)}`;
    svg.setAttribute("aria-label", `${what}: now ${shown(last)}, at most ${shown(peak)} in the last five minutes`);
  }
  function plots() {
    plot("rate", series.rate, (value) => `${number.format(value)}/s`, "Articles a second");
    plot("lag", series.lag, time, "Age of the oldest that waits");
  }

  function stages(now) {
    const cell = (value) => make("td", {}, String(value));
    const rows = now.stages.map((stage) => make("tr", {}, make("th", { scope: "row" }, stage.stage), cell(stage.queued), cell(stage.working),
      cell(stage.rate < 10 ? stage.rate.toFixed(1) : Math.round(stage.rate)), cell(time(stage.p50_ms)), cell(time(stage.p99_ms))));
    rows.push(make("tr", {}, make("th", { scope: "row" }, "commit"), cell(now.committer.waiting), cell(""), cell(""), cell(""), cell(time(now.committer.commit_p99_ms))));
    fill($("stages"), ...rows);
  }

  function watcher(now) {
    const { watcher: w } = now;
    facts($("watcher"), [
      ["Folders watched", `${number.format(w.folders)}${w.folders_max ? ` of ${number.format(w.folders_max)}` : ""}`],
      ["Events", w.listed_instead ? `folders are listed instead: ${w.listed_instead}` : ago(w.told_ago_ms)],
      ["All listed", w.listings ? `${ago(w.listed_ago_ms)}, in ${time(w.last_listing_ms)}` : "not yet"],
      ["Found unannounced", number.format(w.unannounced)],
      ["Events lost", w.overflows === 0 ? "never" : `${number.format(w.overflows)} times`],
    ]);
  }

  function copyButton(label, text) {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", () => copy(text(), button, label));
    return button;
  }
  async function copy(text, button, label) {
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      // Without a secure connection there is only the old way.
      const area = make("textarea", { class: "vh", "aria-hidden": "true" });
      area.value = text;
      (button.closest("dialog") || document.body).append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  let samples = new Map(), shownRejections = "";
  function rejections(now) {
    if (now.rejections) samples = new Map(now.rejections.map(({ code, samples }) => [code, samples]));
    const counts = Object.entries(now.rejected_by_code).sort((a, b) => b[1] - a[1]);
    const state = JSON.stringify([counts, [...samples]]);
    if (state === shownRejections) return;
    shownRejections = state;
    const box = $("rejections"), open = new Set([...box.querySelectorAll("details[open]")].map((details) => details.dataset.code));
    if (counts.length === 0) return fill(box, make("p", { class: "dim" }, "None."));
    const groups = counts.map(([code, count]) => {
      const list = make("ul", {}, ...(samples.get(code) || []).map(({ path, entry, error }) =>
        make("li", {}, make("bdi", { class: "mono" }, [path || "standard input", entry].filter(Boolean).join(" ")), make("span", { dir: "auto" }, error))));
      const details = make("details", { "data-code": code }, make("summary", {}, make("b", {}, number.format(count)), make("code", {}, code)),
        samples.has(code) ? list : make("p", { class: "dim small" }, "None of the latest; copydesk status names them all."));
      details.open = open.has(code);
      return details;
    });
    const command = make("div", { class: "command" }, make("code", { id: "replay", tabindex: "0" }, replay), copyButton("Copy", () => replay));
    fill(box, ...groups, make("p", { class: "dim small" }, "Once the cause is mended, this runs them again, beside this daemon:"), command);
  }

  function files(segments) {
    const shown = ({ lines, bytes, files }) => `${number.format(lines)} lines, ${size(bytes)} in ${files} ${files === 1 ? "file" : "files"}`;
    facts($("files"), [["Records", shown(segments.articles)], ["Rejections", shown(segments.rejected)]]);
  }

  // --- Records ---

  function card(record) {
    const meta = [record.site, [record.path, record.entry].filter(Boolean).join(" "), record.language, record.published,
      record.speakers.length ? record.speakers.join(", ") : null].filter(Boolean);
    return make("li", { "data-at": record.at }, make("a", { href: `#${record.at}` },
      make("strong", { dir: "auto", lang: record.language }, record.title || record.gist || record.path || "Untitled"),
      record.title && record.gist ? make("span", { class: "gist-line", dir: "auto", lang: record.language }, record.gist) : null,
      make("div", { class: "meta" }, ...meta.map((text) => make("span", {}, make("bdi", {}, text))))));
  }
  // Nothing moves under a pointer or a finger: what is new waits, and says so.
  const isHeld = () => $("cards").matches(":hover, :focus-within") && !$("reader").open;
  function arrive(latest, isFirst) {
    const list = $("cards"), more = $("more"), known = new Set([...list.children].map((item) => item.dataset.at));
    const fresh = latest.filter(({ at }) => !known.has(at));
    const waits = !isFirst && fresh.length > 0 && isHeld();
    more.hidden = !waits;
    if (waits) {
      more.textContent = `${fresh.length}${fresh.length === latest.length ? " or more" : ""} new`;
      return;
    }
    for (const record of fresh) {
      const item = card(record);
      if (!isFirst) item.className = "fresh";
      list.prepend(item);
    }
    while (list.children.length > CARDS) list.lastElementChild.remove();
    none(list.children.length === 0 ? "No records yet. They appear here as they become durable." : "");
    if (!isFirst) unsaid += fresh.length;
  }
  function none(text) {
    $("none").hidden = !text;
    $("none").textContent = text;
  }
  function say() {
    // A reader of the screen is told now and then, not of each.
    if (unsaid > 0 && Date.now() - saidAt > 15000) {
      $("said").textContent = `${unsaid} new ${unsaid === 1 ? "record" : "records"}`;
      unsaid = 0;
      saidAt = Date.now();
    }
  }

  let asked = 0;
  async function search() {
    const speaker = $("speaker").value.trim(), word = $("word").value.trim();
    if (!speaker && !word) return live();
    searching = true;
    $("live").hidden = false;
    $("found").textContent = "searching";
    const turn = ++asked;
    try {
      const response = await ask(`latest?${new URLSearchParams({ speaker, word })}`);
      if (!response.ok) throw new Error(await response.text());
      const { records, all_searched: all } = await response.json();
      if (turn !== asked) return;
      fill($("cards"), ...records.reverse().map(card));
      $("found").textContent = `${records.length}${records.length >= CARDS ? " or more" : ""} found${all ? "" : " in the latest 64 MiB"}`;
      $("records-title").textContent = "Found records";
      $("cards").classList.add("searched");
      $("more").hidden = true;
      none(records.length ? "" : "No record has that. A word must stand by itself; part of a speaker's name is enough.");
    } catch (error) {
      if (turn === asked) $("found").textContent = `the search failed: ${error.message}`;
    }
  }
  function live() {
    asked += 1;
    searching = false;
    $("speaker").value = $("word").value = $("found").textContent = "";
    $("records-title").textContent = "Latest records";
    $("live").hidden = true;
    $("cards").classList.remove("searched");
    fill($("cards"));
    arrive(latest, true);
  }

  // --- One article ---

  // Offsets count code points; a string of JavaScript counts in halves of some of them.
  function places(text) {
    const at = [];
    let unit = 0;
    for (const point of text) {
      at.push(unit);
      unit += point.length;
    }
    at.push(unit);
    return at;
  }
  function marks(record, voices) {
    const found = [];
    for (const { start, end } of record.summary) found.push({ start, end, kind: "gist" });
    record.quotes.forEach((quote, index) => {
      const parts = quote.parts && quote.parts.length ? quote.parts : [quote];
      parts.forEach(({ start, end }, part) => found.push({ start, end, kind: "quote", index, voice: voices.get(quote), ends: part === parts.length - 1 }));
      if (quote.cue) found.push({ ...quote.cue, kind: "cue" });
      if (quote.speaker && quote.speaker.start !== undefined) found.push({ ...quote.speaker, kind: "named", voice: voices.get(quote) });
    });
    return found;
  }
  function article(record, voices) {
    const { text } = record, at = places(text), found = marks(record, voices);
    const cuts = new Set([0, at.length - 1]);
    for (const { start, end } of found) cuts.add(start).add(end);
    const sorted = [...cuts].sort((a, b) => a - b);
    let paragraph = make("p", { dir: "auto" });
    const paragraphs = [paragraph];
    for (let i = 0; i + 1 < sorted.length; i += 1) {
      const [from, to] = [sorted[i], sorted[i + 1]];
      const here = found.filter(({ start, end }) => start <= from && end >= to);
      text.slice(at[from], at[to]).split("\n\n").forEach((piece, number) => {
        if (number > 0) {
          paragraph = make("p", { dir: "auto" });
          paragraphs.push(paragraph);
        }
        if (piece) paragraph.append(here.length ? marked(piece, here, to) : piece);
      });
    }
    return paragraphs;
  }
  function marked(piece, here, to) {
    const quote = here.find(({ kind }) => kind === "quote"), named = here.find(({ kind }) => kind === "named");
    const voice = (named || quote || {}).voice;
    const classes = [...new Set(here.map(({ kind }) => kind))];
    if (voice) classes.push(`s${voice.color}`);
    const element = make(quote || classes.includes("gist") ? "mark" : "span", { class: classes.join(" "), title: quote && voice ? voice.name : undefined }, piece);
    if (classes[0] === "cue" || classes[0] === "named") element.classList.add("plain");
    if (quote) {
      element.dataset.quote = quote.index;
      if (quote.ends && quote.end === to && voice) element.dataset.who = voice.name;
    }
    return element;
  }
  function voicesOf(record) {
    const byName = new Map(), voices = new Map();
    for (const quote of record.quotes) {
      if (!quote.speaker) continue;
      const { name } = quote.speaker;
      if (!byName.has(name)) byName.set(name, { name, color: byName.size % SPEAKERS });
      voices.set(quote, byName.get(name));
    }
    return voices;
  }
  function link(url) {
    if (!/^https?:\/\//i.test(url || "")) return url;
    return make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url);
  }
  const VIA = { name: "by name", role: "by role", pronoun: "by pronoun", dropped: "subject left out", continued: "goes on", headline: "in the headline" };

  function show(record, line) {
    const voices = voicesOf(record), code = record.language.code;
    $("title").textContent = record.title || "Untitled";
    $("title").lang = $("text").lang = code;
    $("subtitle").textContent = record.subtitle || "";
    $("subtitle").hidden = !record.subtitle;
    const dateline = record.dateline && [record.dateline.place, record.dateline.agency].filter(Boolean).join(", ");
    fill($("byline"), ...[(record.authors || []).join(", "), record.site, dateline, record.published].filter(Boolean)
      .flatMap((text, index) => [index ? " · " : "", make("bdi", {}, text)]));
    fill($("text"), ...article(record, voices));
    fill($("voices"), ...record.quotes.map((quote, index) => {
      const voice = voices.get(quote), via = quote.speaker && VIA[quote.speaker.via];
      const button = make("button", { type: "button", class: voice ? `s${voice.color}` : "" },
        make("b", {}, voice ? voice.name : "Nobody named", via && via !== "by name" ? make("small", { class: "dim" }, ` ${via}`) : null), make("span", { class: "said", dir: "auto", lang: code }, quote.text));
      button.addEventListener("click", () => point(index));
      return make("li", {}, button);
    }));
    if (!record.quotes.length) fill($("voices"), make("li", { class: "dim" }, "No quotes."));
    fill($("phrases"), ...record.keyphrases.map(({ text, count }) => make("li", { title: `${count} times`, dir: "auto" }, text)));
    if (!record.keyphrases.length) fill($("phrases"), make("li", { class: "dim" }, "None."));
    const source = record.source;
    facts($("facts"), [
      ["Source", [source.path || source.id, source.entry].filter(Boolean).join(" ")], ["Format", source.format], ["Encoding", source.encoding], ["Bytes", number.format(source.bytes)],
      ["Language", `${code} (${record.language.confidence})`], ["URL", link(record.url)], ["Section", record.section], ["Tags", (record.tags || []).join(", ")], ["Image", record.image],
      ["Updated", record.updated], ["Words", `${number.format(record.stats.words)} in ${number.format(record.stats.sentences)} sentences`],
      ["Quotes", record.stats.quotes > record.quotes.length ? `${record.quotes.length} best of ${record.stats.quotes}` : record.stats.quotes],
      ["Warnings", (record.warnings || []).join(", ")], ["Revision", record.revision], ["Id", make("code", {}, record.id)], ["Read", record.ingested_at],
    ]);
    $("json").textContent = JSON.stringify(record, null, 2);
    $("copy-json").onclick = () => copy(line, $("copy-json"), "Copy the line");
    const reader = $("reader");
    if (!reader.open) reader.showModal();
    reader.scrollTop = 0;
  }
  function point(index) {
    for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
    const parts = document.querySelectorAll(`#text [data-quote="${index}"]`);
    for (const part of parts) part.classList.add("target");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (parts[0]) parts[0].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }
  async function follow() {
    const at = decodeURIComponent(location.hash.slice(1)), reader = $("reader");
    if (!/^\d+:\d+$/.test(at)) {
      if (reader.open) reader.close();
      return;
    }
    try {
      const response = await ask(`records?at=${at}`);
      const line = await response.text();
      if (response.status === 401) return demand();
      if (!response.ok) throw new Error(line);
      if (decodeURIComponent(location.hash.slice(1)) === at) show(JSON.parse(line), line.replace(/\n$/, ""));
    } catch (error) {
      $("found").textContent = `the record cannot be shown: ${error.message}`;
      history.replaceState(null, "", location.pathname);
    }
  }

  // --- The connection ---

  let latest = [];
  function hear(name, now) {
    $("desk").hidden = false;
    if (name === "hello") {
      series.rate = now.history.settled;
      series.lag = now.history.lag_ms;
      replay = now.replay;
      $("place").textContent = `${now.version} · ${now.out}`;
    } else {
      series.rate.push(now.settled_now);
      series.lag.push(now.lag_ms);
    }
    for (const values of Object.values(series)) values.splice(0, Math.max(0, values.length - POINTS));
    balance(now);
    plots();
    stages(now);
    watcher(now);
    rejections(now);
    if (now.segments) files(now.segments);
    if (now.latest) {
      latest = now.latest;
      if (!searching) arrive(latest, name === "hello");
    }
    say();
  }
  async function listen() {
    const response = await ask("events");
    if (response.status === 401) return demand();
    if (!response.ok) throw new Error(await response.text());
    $("token").hidden = true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the daemon has closed the connection");
      heard += value;
      const events = heard.split("\n\n");
      heard = events.pop();
      for (const event of events) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event);
        hear(name, JSON.parse(data));
      }
    }
  }
  function demand() {
    $("desk").hidden = true;
    $("token").hidden = false;
    $("token-wrong").textContent = token ? "That is not the token." : "";
    token = "";
    sessionStorage.removeItem("token");
    health("", "locked");
    $("token-field").focus();
  }
  async function keepListening() {
    for (;;) {
      try {
        await listen();
        return;
      } catch (error) {
        health("bad", "no connection");
        console.info(error.message);
        await new Promise((resolve) => { setTimeout(resolve, 2000); });
      }
    }
  }

  $("token").addEventListener("submit", (event) => {
    event.preventDefault();
    token = $("token-field").value;
    sessionStorage.setItem("token", token);
    $("token-field").value = "";
    keepListening();
    follow();
  });
  $("search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  $("live").addEventListener("click", () => { live(); $("speaker").focus(); });
  $("more").addEventListener("click", () => { live(); $("records").focus(); });
  $("cards").addEventListener("pointerleave", () => { if (!searching && !$("more").hidden) arrive(latest, false); });
  $("close").addEventListener("click", () => $("reader").close());
  $("reader").addEventListener("close", () => {
    const at = decodeURIComponent(location.hash.slice(1));
    if (location.hash) history.pushState(null, "", location.pathname);
    const opener = document.querySelector(`#cards [data-at="${CSS.escape(at)}"] a`);
    if (opener) opener.focus();
  });
  $("reader").addEventListener("click", (event) => { if (event.target === $("reader")) $("reader").close(); });
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !$("reader").open && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
      event.preventDefault();
      $("word").focus();
    }
  });
  if (document.body.dataset.token === "asked" && !token) demand();
  else {
    keepListening();
    follow();
  }
})();
