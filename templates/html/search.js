/* The search: an index that is loaded when somebody first searches, words that may be unfinished or misspelled. */
(function () {
  var make = upshift.make, root = document.body.dataset.root;
  var index = null, waiting = [];

  /** Called by the index, which is a script, since a page from a disk may load nothing else. */
  upshift.index = function (data) {
    var terms = [], postings = [];
    data.terms.split("\n").forEach(function (line) {
      var at = line.indexOf(" ");
      if (at < 0) return;
      terms.push(line.slice(0, at));
      postings.push(line.slice(at + 1));
    });
    index = { kinds: data.kinds, entries: data.entries, terms: terms, postings: postings };
    waiting.splice(0).forEach(function (then) { then(); });
  };
  function failed() {
    waiting = [];
    document.querySelectorAll(".results").forEach(function (results) {
      results.replaceChildren(make("p", { text: "The search index cannot be loaded." }));
    });
  }
  function load(then) {
    if (index) return then();
    waiting.push(then);
    if (waiting.length > 1) return;
    document.head.append(make("script", { src: root + "assets/search.js", on: { error: failed } }));
  }

  /** Whether two words are a slip of the hand or two apart: a letter more, less, another, or two swapped. */
  function isNear(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return false;
    var before = [], row = [], old;
    for (var j = 0; j <= b.length; j += 1) row[j] = j;
    for (var i = 1; i <= a.length; i += 1) {
      old = before;
      before = row;
      row = [i];
      var least = i;
      for (j = 1; j <= b.length; j += 1) {
        var cost = a[i - 1] === b[j - 1] ? 0 : 1;
        row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], old[j - 2] + 1);
        least = Math.min(least, row[j]);
      }
      if (least > most) return false;
    }
    return row[b.length] <= most;
  }
  function firstFrom(word) {
    var low = 0, high = index.terms.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (index.terms[middle] < word) low = middle + 1; else high = middle;
    }
    return low;
  }
  function add(scores, at, weight) {
    var entry = 0;
    index.postings[at].split(".").forEach(function (posting) {
      var isTitle = posting.endsWith("!");
      entry += parseInt(isTitle ? posting.slice(0, -1) : posting, 36);
      var score = weight * (isTitle ? 3 : 1);
      if (score > (scores.get(entry) || 0)) scores.set(entry, score);
    });
  }
  function find(query) {
    var words = query.toLowerCase().split(/[^\p{L}\p{N}.]+/u).map(function (word) { return word.replace(/^\.+|\.+$/g, ""); }).filter(Boolean).slice(0, 8);
    var all = null;
    words.forEach(function (word) {
      var scores = new Map();
      for (var at = firstFrom(word); at < index.terms.length && index.terms[at].startsWith(word); at += 1) {
        add(scores, at, index.terms[at] === word ? 4 : 2);
      }
      if (!scores.size && word.length > 3) {
        var most = word.length > 7 ? 2 : 1;
        index.terms.forEach(function (term, at) {
          if (isNear(word, term, most) || (term.length > word.length && isNear(word, term.slice(0, word.length), 1))) add(scores, at, 1);
        });
      }
      if (!all) { all = scores; return; }
      all.forEach(function (score, entry) {
        if (scores.has(entry)) all.set(entry, score + scores.get(entry)); else all.delete(entry);
      });
    });
    return Array.from(all || []).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; }).map(function (found) { return index.entries[found[0]]; });
  }

  var MOST = 8;
  function show(results, query) {
    results.replaceChildren();
    if (!query.trim()) return;
    var found = find(query);
    index.kinds.forEach(function (kind, at) {
      var own = found.filter(function (entry) { return entry[0] === at; });
      if (!own.length) return;
      var rows = make("ul");
      own.slice(0, MOST).forEach(function (entry) {
        rows.append(make("li", {}, [make("a", { href: root + entry[2] }, [entry[1], make("small", { text: entry[3] ? " " + entry[3] : "" })])]));
      });
      results.append(make("h2", { text: kind + (own.length > MOST ? " (" + MOST + " of " + own.length + ")" : "") }), rows);
    });
    if (!found.length) results.append(make("p", { text: "Nothing is called like that." }));
    upshift.say(found.length + " found");
  }
  /** A field and what it finds; the arrows go through it. */
  function box() {
    var field = make("input", { type: "search", "aria-label": "Search", placeholder: "An upgrade, a component, a team, a task", autocomplete: "off", spellcheck: "false" });
    var results = make("div", { class: "results" });
    var around = make("div", { class: "search-box" }, [field, results]);
    field.addEventListener("input", function () { load(function () { show(results, field.value); }); });
    around.addEventListener("keydown", function (event) {
      var links = Array.from(results.querySelectorAll("a")), at = links.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && links.length) (links[at + 1] || links[links.length - 1]).focus();
      else if (event.key === "ArrowUp" && links.length) (at > 0 ? links[at - 1] : field).focus();
      else if (event.key === "Escape" && around.closest("dialog")) around.closest("dialog").shut();
      else if (event.key === "Enter" && event.target === field && links.length) links[0].click();
      else return;
      event.preventDefault();
    });
    around.addEventListener("click", function (event) {
      var dialog = around.closest("dialog");
      if (dialog && event.target.closest("a")) dialog.shut();
    });
    return { around: around, field: field, results: results };
  }

  var page = document.querySelector(".search-page");
  var own = page ? box() : null;
  if (own) {
    page.replaceChildren(own.around);
    var asked = new URLSearchParams(location.search).get("q");
    if (asked) { own.field.value = asked; load(function () { show(own.results, asked); }); }
    own.field.focus();
  }
  function open() {
    if (own) return own.field.focus();
    var one = box();
    var close = make("button", { type: "button", text: "Close" });
    var dialog = upshift.open("Search", [one.around, make("p", { class: "shut" }, [close])]);
    close.addEventListener("click", function () { dialog.shut(); });
    one.field.focus();
    load(function () {});
  }
  document.querySelectorAll(".top a.search").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || upshift.isTyping(event)) return;
    event.preventDefault();
    open();
  });
})();
