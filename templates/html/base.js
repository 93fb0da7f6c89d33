"use strict";
/* What the parts of the script share. Texts from pages and people land in the page as text, never as markup. */
var upshift = (function () {
  /** Makes an element; a property `class`, `text` or `on` is special, all else is an attribute. */
  function make(name, about, children) {
    var element = document.createElement(name);
    Object.entries(about || {}).forEach(function (entry) {
      var key = entry[0], value = entry[1];
      if (value === null || value === undefined || value === false) return;
      if (key === "text") element.textContent = value;
      else if (key === "on") Object.entries(value).forEach(function (on) { element.addEventListener(on[0], on[1]); });
      else element.setAttribute(key, value === true ? "" : value);
    });
    (children || []).forEach(function (child) { element.append(child); });
    return element;
  }

  var memory = {};
  /** What the browser remembers; where it may not, what this page remembers. */
  function recall(key) {
    try {
      var text = localStorage.getItem(key);
      return text === null ? memory[key] : JSON.parse(text);
    } catch (error) {
      return memory[key];
    }
  }
  /** Remembers a value; says whether it will still be there tomorrow. */
  function remember(key, value) {
    memory[key] = value;
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  }

  var status = null;
  /** Tells people who do not see the page change. */
  function say(text) {
    if (!status) {
      status = make("p", { role: "status", class: "unseen" });
      document.body.append(status);
    }
    status.textContent = text;
  }

  function copy(text, told) {
    var done = function () { say(told); };
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text).then(done, function () { return copyOld(text, done); });
    }
    return copyOld(text, done);
  }
  /** Copies on a page from a disk or over plain http, which has no clipboard of its own. */
  function copyOld(text, done) {
    var before = document.activeElement;
    var area = make("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    var isCopied = document.execCommand("copy");
    area.remove();
    if (before && before.focus) before.focus();
    if (!isCopied) return Promise.reject(new Error("the browser does not let this page copy"));
    done();
    return Promise.resolve();
  }

  /** Whether single keys do something; voice control types them by accident. */
  function hasKeys() { return recall("upshift:keys") !== false; }

  /** Whether a key was meant for what has the focus. */
  function isTyping(event) {
    var target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || !hasKeys()) return true;
    return /^(SELECT|TEXTAREA)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "checkbox");
  }

  /** Opens a dialog that goes away when it is shut. Whatever shuts it, the focus is back before the next key. */
  function open(label, children) {
    var before = document.activeElement;
    var dialog = make("dialog", { "aria-label": label }, children);
    dialog.shut = function () {
      if (!dialog.isConnected) return;
      dialog.close();
      dialog.remove();
      if (before && before.focus) before.focus();
    };
    dialog.addEventListener("cancel", function (event) { event.preventDefault(); dialog.shut(); });
    dialog.addEventListener("close", dialog.shut);
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.shut(); });
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  return { make: make, recall: recall, remember: remember, say: say, copy: copy, isTyping: isTyping, hasKeys: hasKeys, open: open };
})();

/* Light and dark: as the system says, until the reader says otherwise. */
(function () {
  var key = "upshift:theme", root = document.documentElement;
  var saved = upshift.recall(key);
  if (saved === "light" || saved === "dark") root.dataset.theme = saved;
  var list = document.querySelector(".top ul");
  if (!list) return;
  function isDark() {
    return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  }
  var button = upshift.make("button", { type: "button", class: "theme" });
  function show() { button.textContent = isDark() ? "Light" : "Dark"; }
  button.setAttribute("aria-label", "Switch between light and dark");
  button.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    upshift.remember(key, root.dataset.theme);
    show();
  });
  show();
  list.append(upshift.make("li", {}, [button]));
})();

/* Commands are copied by a button. */
document.querySelectorAll("pre").forEach(function (block) {
  var button = upshift.make("button", { type: "button", class: "copy", text: "Copy", "aria-label": "Copy this block" });
  var around = upshift.make("div", { class: "code" });
  button.addEventListener("click", function () {
    upshift.copy(block.textContent.replace(/\n$/, ""), "Copied").then(function () {
      button.textContent = "Copied";
      setTimeout(function () { button.textContent = "Copy"; }, 1500);
    }).catch(function () { button.textContent = "Not copied"; });
  });
  block.replaceWith(around);
  around.append(block, button);
});
