/* The checklist: ticks that the browser remembers by task and revision, filters, keys, and ways to carry progress on. */
(function () {
  var list = document.querySelector(".checklist");
  if (!list || !list.querySelector(".task")) return;
  var make = upshift.make;
  var SCHEMA = "upshift/progress/1";
  var key = list.dataset.key;
  var upgrade = key.slice(0, key.lastIndexOf("/"));
  var storeKey = function (of) { return "upshift:ticks:" + of; };

  /* The tasks of the page, by id. */
  var tasks = new Map();
  list.querySelectorAll(".task").forEach(function (element) {
    var group = element.closest(".group"), wave = element.closest(".wave");
    tasks.set(element.id.slice("task-".length), {
      element: element, box: element.querySelector("input"), group: group, wave: wave,
      team: element.dataset.team, component: element.dataset.component || "",
      waveName: wave.dataset.wave, phase: group.dataset.phase,
      needs: element.dataset.needs ? element.dataset.needs.split(" ") : [],
      isSettled: element.classList.contains("settled"), isWaived: element.dataset.state === "waived", words: null, waits: null, changed: null
    });
  });
  var waiting = new Map();
  tasks.forEach(function (task, id) {
    task.needs.forEach(function (need) {
      if (!waiting.has(need)) waiting.set(need, []);
      waiting.get(need).push(id);
    });
  });

  /* What is ticked: for each task the digest of its texts at that time, and the day. */
  function read(of) {
    var saved = upshift.recall(storeKey(of)), found = {};
    if (saved && typeof saved.ticks === "object" && saved.ticks) {
      Object.entries(saved.ticks).forEach(function (entry) {
        if (entry[1] && typeof entry[1] === "object") found[entry[0]] = entry[1];
      });
    }
    return found;
  }
  var ticks = read(key);
  /* The other checklists whose ticks were offered here, and taken or not. */
  function readAnswered() {
    var saved = upshift.recall(storeKey(key));
    return saved && Array.isArray(saved.answered) ? saved.answered : [];
  }
  var answered = readAnswered();
  function has(id) { return Object.prototype.hasOwnProperty.call(ticks, id); }
  var isWarned = false;
  function save() {
    if (!upshift.remember(storeKey(key), { ticks: ticks, answered: answered }) && !isWarned) {
      isWarned = true;
      message("This browser does not remember: export your progress before you leave.");
    }
  }
  /** Takes what another page of the same checklist saved in the meantime. */
  function reread() {
    if (upshift.recall(storeKey(key)) === undefined) return;
    ticks = read(key);
    answered = readAnswered();
  }
  function redraw() {
    tasks.forEach(function (task, id) { show(id); });
    count();
    filter();
  }
  function isDone(id) {
    var task = tasks.get(id);
    return has(id) || Boolean(task && task.isSettled);
  }
  function tick(id, on) {
    reread();
    if (on) ticks[id] = { digest: tasks.get(id).element.dataset.digest, on: new Date().toISOString().slice(0, 10) };
    else delete ticks[id];
    save();
    show(id);
    (waiting.get(id) || []).forEach(show);
    count();
    filter();
  }

  /* How a task looks. */
  function show(id) {
    var task = tasks.get(id);
    if (!task) return;
    var ticked = has(id), done = ticked || task.isSettled;
    task.box.checked = done;
    task.element.classList.toggle("ticked", ticked);
    var isChanged = ticked && Boolean(ticks[id].digest) && ticks[id].digest !== task.element.dataset.digest;
    if (isChanged && !task.changed) {
      task.changed = make("span", { class: "chip changed", text: "changed since done " }, [
        make("button", { type: "button", text: "Still done", "aria-label": "Still done: " + id, on: { click: function () { tick(id, true); } } })
      ]);
      task.element.querySelector(".line").append(task.changed);
    } else if (!isChanged && task.changed) {
      task.changed.remove();
      task.changed = null;
    }
    var open = done ? [] : task.needs.filter(function (need) { return !isDone(need); });
    if (task.waits) task.waits.remove();
    task.waits = null;
    if (open.length) {
      task.waits = make("div", { class: "more waits", text: "blocked by " });
      open.slice(0, 3).forEach(function (need, at) {
        if (at) task.waits.append(", ");
        var page = tasks.has(need) ? "" : list.dataset.whole;
        task.waits.append(page === undefined ? need : make("a", { href: page + "#task-" + need, text: need }));
      });
      if (open.length > 3) task.waits.append(" and " + (open.length - 3) + " more");
      task.element.append(task.waits);
    }
  }

  /* How far all is, by wave, phase and team. */
  var cells = Array.from(list.querySelectorAll("[data-count]"));
  var bar = list.querySelector(".whole progress"), barText = list.querySelector(".progress-text");
  function count() {
    var sums = new Map(), all = 0, done = 0, waived = 0;
    tasks.forEach(function (task, id) {
      var isNow = isDone(id);
      all += 1;
      done += isNow && !task.isWaived ? 1 : 0;
      waived += task.isWaived ? 1 : 0;
      ["wave:" + task.waveName, "phase:" + task.phase, "team:" + task.team].forEach(function (name) {
        var sum = sums.get(name) || [0, 0];
        sum[0] += isNow ? 1 : 0;
        sum[1] += 1;
        sums.set(name, sum);
      });
    });
    cells.forEach(function (cell) {
      var sum = sums.get(cell.dataset.count);
      if (sum) cell.textContent = sum[0] + " of " + sum[1];
    });
    bar.value = all ? Math.floor((done + waived) * 100 / all) : 0;
    barText.textContent = done + " of " + all + " done" + (waived ? ", " + waived + " waived" : "");
  }

  /* Filters. */
  var asked = new URLSearchParams(location.search);
  function options(name, label, values) {
    var select = make("select", { name: name });
    select.append(make("option", { value: "", text: "all" }));
    values.forEach(function (value) { select.append(make("option", { value: value[0], text: value[1] })); });
    if (asked.get(name)) select.value = asked.get(name);
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.addEventListener("change", filter);
    var around = make("label", { text: label }, [select]);
    /* There is nothing to choose from. */
    around.hidden = values.length < 2;
    return { field: select, label: around };
  }
  function collect(of, name) {
    var found = new Map();
    tasks.forEach(function (task) { if (of(task)) found.set(of(task), name(task)); });
    return Array.from(found).sort(function (a, b) { return a[1].localeCompare(b[1], "en", { numeric: true }); });
  }
  var team = options("team", "Team", collect(function (task) { return task.team; }, function (task) { return task.element.querySelector(".owner").textContent; }));
  var component = options("component", "Component", collect(function (task) { return task.component; }, function (task) {
    var name = task.element.querySelector("label strong");
    return name ? name.textContent : task.component;
  }));
  var wave = options("wave", "Wave", collect(function (task) { return task.waveName; }, function (task) { return "Wave " + task.waveName; }));
  var state = options("state", "State", [["open", "open"], ["unblocked", "can begin"], ["done", "done"], ["changed", "changed since done"], ["late", "late"], ["critical", "critical"]]);
  var text = make("input", { type: "search", name: "text", autocomplete: "off" });
  text.value = asked.get("text") || "";
  text.addEventListener("input", filter);
  var shown = make("span", { class: "shown" });
  var clear = make("button", { type: "button", text: "Clear", on: { click: function () {
    [team, component, wave, state].forEach(function (one) { one.field.value = ""; });
    text.value = "";
    filter();
  } } });

  var isInState = {
    open: function (task, id) { return !isDone(id); },
    /* What waits for a phase or a gate is blocked without a need that could be ticked here. */
    unblocked: function (task, id) { return !isDone(id) && !task.waits && (task.needs.length > 0 || task.element.dataset.state !== "blocked"); },
    done: function (task, id) { return isDone(id); },
    changed: function (task) { return Boolean(task.changed); },
    late: function (task, id) { return task.element.classList.contains("is-late") && !isDone(id); },
    critical: function (task) { return Boolean(task.element.querySelector(".chip.critical")); }
  };
  /** Writes the filters into the address, so that a reload and a copied address show the same. */
  function note() {
    var now = new URLSearchParams(location.search);
    [team, component, wave, state, { field: text }].forEach(function (one) {
      now.delete(one.field.name);
      if (one.field.value) now.set(one.field.name, one.field.value);
    });
    var query = now.toString();
    if (query === new URLSearchParams(location.search).toString()) return;
    try { history.replaceState(history.state, "", location.pathname + (query ? "?" + query : "") + location.hash); } catch (error) { /* It is a convenience. */ }
  }
  var isFiltered = false, noting = 0;
  function filter() {
    clearTimeout(noting);
    noting = setTimeout(note, 250);
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var isNow = Boolean(team.field.value || component.field.value || wave.field.value || state.field.value || words.length);
    clear.hidden = !isNow;
    if (!isNow && !isFiltered) return told(tasks.size);
    isFiltered = isNow;
    var groups = new Set(), waves = new Set(), visible = 0;
    tasks.forEach(function (task, id) {
      if (words.length && task.words === null) {
        task.words = (task.element.textContent + " " + task.group.querySelector("h3").textContent).toLowerCase();
      }
      var fits = (!team.field.value || task.team === team.field.value) &&
        (!component.field.value || task.component === component.field.value) &&
        (!wave.field.value || task.waveName === wave.field.value) &&
        (!state.field.value || isInState[state.field.value](task, id)) &&
        words.every(function (word) { return task.words.includes(word); });
      task.element.hidden = !fits;
      if (fits) { visible += 1; groups.add(task.group); waves.add(task.wave); }
    });
    list.querySelectorAll(".group").forEach(function (group) { group.hidden = isNow && !groups.has(group); });
    list.querySelectorAll(".wave").forEach(function (one) { one.hidden = isNow && !waves.has(one); });
    told(visible);
  }
  function told(visible) {
    shown.textContent = visible === tasks.size ? tasks.size + " tasks" : visible + " of " + tasks.size + " tasks";
  }

  /* Progress that leaves the browser and comes back. */
  function take(from, source) {
    var known = 0, unknown = 0;
    reread();
    Object.entries(from).forEach(function (entry) {
      var task = tasks.get(entry[0]), tick = entry[1];
      if (!task) { unknown += 1; return; }
      known += 1;
      if (task.isSettled || typeof tick !== "object" || tick === null) return;
      ticks[entry[0]] = {
        digest: typeof tick.digest === "string" ? tick.digest : task.element.dataset.digest,
        on: typeof tick.on === "string" ? tick.on : ""
      };
    });
    save();
    redraw();
    var changed = list.querySelectorAll(".chip.changed").length;
    message(source + ": " + known + (known === 1 ? " tick" : " ticks") + " taken over" +
      (unknown ? ", " + unknown + " of tasks that are not here" : "") +
      (changed ? "; " + changed + " changed since done" : "") + ".");
  }
  function download() {
    var progress = { schema: SCHEMA, upgrade: upgrade, of: key.slice(upgrade.length + 1), ticks: ticks };
    var url = URL.createObjectURL(new Blob([JSON.stringify(progress, null, 2) + "\n"], { type: "application/json" }));
    var link = make("a", { href: url, download: key.replace(/\//g, "-") + "-progress.json" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }
  var file = make("input", { type: "file", accept: "application/json,.json", class: "unseen", tabindex: "-1", "aria-label": "A file with progress" });
  file.addEventListener("change", function () {
    var chosen = file.files[0];
    if (!chosen) return;
    chosen.text().then(function (content) {
      var progress = JSON.parse(content);
      if (typeof progress !== "object" || !progress || progress.schema !== SCHEMA || typeof progress.ticks !== "object" || !progress.ticks) throw new Error("this file holds no progress of a checklist");
      if (progress.upgrade !== upgrade) throw new Error("this file is of the upgrade " + progress.upgrade + ", and this checklist of " + upgrade);
      take(progress.ticks, "Import");
    }).catch(function (error) {
      message("Nothing was imported: " + error.message + ".");
    });
    file.value = "";
  });

  /* In a link, five letters stand for a task, so that tasks may come and go, and three for what it said when it was
     ticked: the first 30 and 18 bits of FNV-1a. */
  var LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  function short(words, length) {
    var hash = 0x811c9dc5;
    new TextEncoder().encode(words).forEach(function (byte) { hash = Math.imul(hash ^ byte, 0x01000193) >>> 0; });
    var out = "";
    for (var at = 0; at < length; at += 1) { out += LETTERS[hash & 63]; hash >>>= 6; }
    return out;
  }
  function toLink() {
    note();
    var ids = Object.keys(ticks).filter(function (id) { return tasks.has(id); }).sort();
    return location.href.split("#")[0] + "#progress=" + ids.map(function (id) {
      return short(id, 5) + short(ticks[id].digest || "", 3);
    }).join("");
  }
  function fromLink() {
    var found = /^#progress=([A-Za-z0-9_-]*)$/.exec(location.hash);
    if (!found) return;
    var wanted = new Map(), carried = {};
    (found[1].match(/.{8}/g) || []).forEach(function (tick) { wanted.set(tick.slice(0, 5), tick.slice(5)); });
    tasks.forEach(function (task, id) {
      var said = wanted.get(short(id, 5)), digest = task.element.dataset.digest;
      if (said !== undefined) carried[id] = { digest: said === short(digest, 3) ? digest : "unknown" };
    });
    var number = Object.keys(carried).length;
    if (!number) return message("This link carries no tick of a task that is here.");
    var clean = function () { history.replaceState(null, "", location.pathname + location.search); };
    offer("This link carries " + number + (number === 1 ? " tick." : " ticks."), "Take over", function () { clean(); take(carried, "Link"); }, clean);
  }

  /* Banners above the tasks. */
  var tools = list.querySelector(".tools");
  function offer(words, yes, then, otherwise) {
    var banner = make("div", { class: "banner", role: "region", "aria-label": "Progress" }, [make("p", { text: words })]);
    [[yes, then], ["No, thanks", otherwise]].forEach(function (answer) {
      banner.append(make("button", { type: "button", text: answer[0], on: { click: function () { banner.remove(); answer[1](); } } }));
    });
    tools.before(banner);
  }
  var told_last = null;
  function message(words) {
    if (told_last) told_last.remove();
    told_last = make("div", { class: "banner told" }, [make("p", { text: words })]);
    tools.before(told_last);
    upshift.say(words);
  }

  tools.append(team.label, component.label, wave.label, state.label, make("label", { text: "Text" }, [text]), clear, shown);
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Filters and progress");
  tools.append(
    make("button", { type: "button", class: "export", text: "Export", on: { click: download } }),
    make("button", { type: "button", class: "import", text: "Import", on: { click: function () { file.click(); } } }), file,
    make("button", { type: "button", class: "link", text: "Copy link", title: "A link that carries your ticks", on: { click: function () {
      upshift.copy(toLink(), "Link copied").then(function () { message("The link with your ticks is copied."); }).catch(function () { message("Copy this link: " + toLink()); });
    } } }),
    make("button", { type: "button", class: "help", text: "?", "aria-label": "Keys", on: { click: help } })
  );

  /* Keys. */
  var here = null;
  function go(step) {
    /* From where the reader is, even if a filter has hidden that task since. */
    var all = Array.from(tasks.keys()), at = here ? all.indexOf(here) : (step > 0 ? -1 : all.length), next = null;
    for (at += step; at >= 0 && at < all.length && !next; at += step) {
      if (!tasks.get(all[at]).element.hidden) next = all[at];
    }
    if (!next) return;
    if (here) tasks.get(here).element.classList.remove("here");
    here = next;
    var task = tasks.get(here);
    task.element.classList.add("here");
    /* A box that cannot be ticked takes no focus. */
    if (task.box.disabled) task.element.tabIndex = -1;
    (task.box.disabled ? task.element : task.box).focus({ preventScroll: true });
    task.element.scrollIntoView({ block: "nearest" });
  }
  function help() {
    var keys = [["j", "next task"], ["k", "previous task"], ["x", "tick or untick"], ["f", "filter by text"], ["/", "search the site"], ["?", "this list"], ["Esc", "close"]];
    var rows = make("dl", { class: "keys" });
    keys.forEach(function (one) { rows.append(make("dt", {}, [make("kbd", { text: one[0] })]), make("dd", { text: one[1] })); });
    var close = make("button", { type: "button", text: "Close" });
    var on = make("input", { type: "checkbox" });
    on.checked = upshift.hasKeys();
    on.addEventListener("change", function () { upshift.remember("upshift:keys", on.checked); });
    var dialog = upshift.open("Keys", [make("h2", { text: "Keys" }), rows,
      make("p", {}, [make("label", {}, [on, " Single keys do this"])]),
      make("p", { text: "Ticks stay in this browser, for this revision. Export them, or copy a link, to take them elsewhere." }), close]);
    close.addEventListener("click", function () { dialog.shut(); });
  }
  document.addEventListener("keydown", function (event) {
    if (upshift.isTyping(event)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && here && !tasks.get(here).isSettled) tick(here, !has(here));
    else if (event.key === "f") text.focus();
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  });

  list.addEventListener("change", function (event) {
    var element = event.target.closest(".task");
    if (element && event.target.type === "checkbox") tick(element.id.slice("task-".length), event.target.checked);
  });
  list.addEventListener("focusin", function (event) {
    var element = event.target.closest(".task");
    if (!element) return;
    if (here) tasks.get(here).element.classList.remove("here");
    here = element.id.slice("task-".length);
    element.classList.add("here");
  });
  /* Another tab of the same checklist. */
  window.addEventListener("storage", function (event) {
    if (event.key !== storeKey(key)) return;
    ticks = read(key);
    redraw();
  });
  /* A page that the browser kept while the reader was elsewhere. */
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    reread();
    redraw();
  });
  /* An address leads to its task even where a filter hides it. */
  function reveal() {
    var id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch (error) { /* It is an id as it stands. */ }
    var target = document.getElementById(id);
    if (!target || !target.closest("[hidden]") || !list.contains(target)) return;
    clear.click();
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", function () {
    fromLink();
    reveal();
  });

  tasks.forEach(function (task, id) {
    task.box.disabled = task.isSettled;
    show(id);
  });
  count();
  filter();
  fromLink();

  /* The ticks of the latest earlier revision that has any are offered until somebody answers. */
  (list.dataset.earlier ? list.dataset.earlier.split(" ") : []).some(function (earlier) {
    var before = read(earlier), number = Object.keys(before).length;
    var missing = Object.keys(before).filter(function (id) { return tasks.has(id) && !isDone(id); }).length;
    if (missing && answered.indexOf(earlier) < 0) {
      var answer = function () { reread(); answered.push(earlier); save(); };
      var name = earlier.slice(upgrade.length + 1);
      offer("You ticked " + number + (number === 1 ? " task" : " tasks") + " in " + (name === "draft" ? "the draft" : name) +
        (Object.keys(ticks).length ? "; " + missing + (missing === 1 ? " is" : " are") + " not ticked here" : "") + ".",
      "Carry over", function () { answer(); take(before, "Carried over from " + name); }, answer);
    }
    return number > 0;
  });
})();
