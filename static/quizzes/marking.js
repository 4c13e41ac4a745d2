/* Marks are saved as they are made, and kept on this computer until the server has acknowledged them. */
(function () {
  "use strict";

  var PREFIX = "marking:";
  var form = document.getElementById("marking");
  if (!form) { return; }
  var key = PREFIX + form.dataset.key;
  var place = document.getElementById("marking-saved");
  var sequence = Number(form.dataset.sequence);
  var isClosed = !form.querySelector("button[value=finish]");
  var unsent = null;
  var sending = null;
  var retry = null;
  var typing = null;
  var failures = 0;
  // A page that is being left may be followed by one that was written before the last save arrived: then only the copy
  // on this computer still has it, and the next page drops the copy once it has seen the same number.
  var isLeaving = false;
  window.addEventListener("beforeunload", function () { isLeaving = true; });

  function kept() { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } }

  function keep(value) {
    try {
      if (value) { localStorage.setItem(key, JSON.stringify(value)); } else { localStorage.removeItem(key); }
    } catch (error) { /* full or switched off: the server's copy is the one that counts */ }
  }

  function fields() { return Array.from(form.elements).filter(function (e) { return /^(c_|comment$|note$)/.test(e.name); }); }

  function read() {
    var values = {};
    fields().forEach(function (field) {
      if (field.type !== "radio" && field.type !== "checkbox") { values[field.name] = field.value; }
      else if (field.checked) { values[field.name] = field.value; }
    });
    return values;
  }

  function put(values) {
    fields().forEach(function (field) {
      if (field.type === "radio" || field.type === "checkbox") { field.checked = values[field.name] === field.value; }
      else { field.value = values[field.name] || ""; }
    });
  }

  function count() {
    var total = 0;
    fields().forEach(function (field) {
      if (field.checked) { total += Number(field.dataset.points.replace(/\./g, "").replace(",", ".")); }
    });
    document.getElementById("marking-points").textContent = String(Math.round(total * 100) / 100).replace(".", ",") + " ";
  }

  function change() {
    count();
    sequence = Math.max(Date.now(), sequence + 1);
    form.elements.sequence.value = sequence + 1;
    unsent = { sequence: sequence, values: read() };
    keep(unsent);
  }

  function flush() {
    if (sending || !unsent) { return; }
    clearTimeout(retry);
    sending = new AbortController();
    var sent = unsent;
    var body = new URLSearchParams(sent.values);
    body.append("sequence", sent.sequence);
    body.append("go", "save");
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    var how = { method: "POST", headers: { Accept: "application/json" }, body: body, credentials: "same-origin" };
    fetch(location.href, Object.assign(how, { signal: sending.signal }))
      .then(function (response) {
        if (response.redirected || response.status === 403) { place.textContent = form.dataset.wordSignedOut; throw new Error("out"); }
        if (response.status >= 500) { throw new Error("away"); }
        return response.json();
      })
      .then(function (data) {
        sending = null;
        failures = 0;
        if (unsent === sent) { unsent = null; if (!isLeaving) { keep(null); } }
        place.textContent = data.error || form.dataset.wordSaved.replace("{time}", data.saved_at);
        flush();
      })
      .catch(function (problem) {
        sending = null;
        if (problem.name === "AbortError") { return; }
        failures += 1;
        if (problem.message !== "out") { place.textContent = form.dataset.wordUnsent; }
        retry = setTimeout(flush, Math.min(15000, 500 * Math.pow(2, failures)));
      });
  }

  form.addEventListener("input", function (event) {
    if (isClosed) { return; }
    change();
    clearTimeout(typing);
    if (event.target.tagName === "TEXTAREA") { typing = setTimeout(flush, 1200); } else { flush(); }
  });
  // The page's own buttons send everything there is, under a number that is newer than any save that is on its way: that
  // one is given up, for it would find its answer finished.
  form.addEventListener("submit", function () {
    clearTimeout(typing);
    clearTimeout(retry);
    unsent = null;
    keep(null);
    if (sending) { sending.abort(); }
  });
  window.addEventListener("online", function () { failures = 0; flush(); });

  if (isClosed) { keep(null); count(); return; }
  var found = kept();
  if (found && found.sequence > sequence) { put(found.values); change(); flush(); } else { keep(null); }
  count();
})();
