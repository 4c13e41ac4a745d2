/* What a supervised test adds: the window tells when it is left, and, where the connection is gone for good, saves the
   unsent answers as a file that only the server can open. Nothing here decides anything. */
(function () {
  "use strict";

  var form = document.getElementById("exam");
  if (!form || !form.dataset.event) { return; }

  // --- The timeline -------------------------------------------------------------------------------------

  function report(kind) {
    var body = new URLSearchParams({ kind: kind, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    fetch(form.dataset.event, { method: "POST", body: body, credentials: "same-origin", keepalive: true }).catch(function () {});
  }

  var isAway = false;

  function look() {
    var away = document.visibilityState !== "visible" || !document.hasFocus();
    if (away === isAway) { return; }
    isAway = away;
    report(away ? "away" : "back");
  }

  // A moment later: a click on the page's own frame is no leaving.
  function lookSoon() { setTimeout(look, 400); }

  document.addEventListener("visibilitychange", look);
  window.addEventListener("blur", lookSoon);
  window.addEventListener("focus", lookSoon);

  if ("BroadcastChannel" in window) {
    var channel = new BroadcastChannel("exam:" + form.dataset.attempt);
    channel.onmessage = function (message) { if (message.data === "opened") { report("second_tab"); } };
    channel.postMessage("opened");
  }

  // --- The sealed file ----------------------------------------------------------------------------------

  var box = document.getElementById("exam-file");
  var button = box && box.querySelector("button");
  // Browsers seal on encrypted connections only.
  if (!button || !window.crypto || !crypto.subtle) { return; }

  document.addEventListener("exam:unsent", function (event) {
    if (event.detail >= 4) { box.hidden = false; }
    if (event.detail === 0) { box.hidden = true; }  // everything has arrived: there is nothing to carry
  });

  function unsent() {
    try {
      var kept = JSON.parse(localStorage.getItem("exam:" + form.dataset.user + ":" + form.dataset.attempt)) || {};
      return Object.keys(kept).map(function (number) {
        return { number: kept[number].number, response: kept[number].response, sequence: kept[number].sequence };
      });
    } catch (error) { return []; }
  }

  function bytes(text) { return Uint8Array.from(atob(text), function (char) { return char.charCodeAt(0); }); }

  function base64(buffer) { return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))); }

  async function seal(text) {
    var curve = { name: "ECDH", namedCurve: "P-256" };
    var theirs = await crypto.subtle.importKey("raw", bytes(form.dataset.key), curve, false, []);
    var mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    var point = await crypto.subtle.exportKey("raw", mine.publicKey);
    var shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
    var secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    var rule = { name: "HKDF", hash: "SHA-256", salt: point, info: new TextEncoder().encode("exam-response-file") };
    var key = await crypto.subtle.deriveKey(rule, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    var nonce = crypto.getRandomValues(new Uint8Array(12));
    var data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(text));
    var long = new Uint8Array(data), parts = "";
    for (var at = 0; at < long.length; at += 8192) { parts += String.fromCharCode.apply(null, long.subarray(at, at + 8192)); }
    return JSON.stringify({ v: 1, point: base64(point), nonce: base64(nonce), data: btoa(parts) });
  }

  button.addEventListener("click", function () {
    var own = { attempt: Number(form.dataset.attempt), proof: form.dataset.proof, answers: unsent() };
    seal(JSON.stringify(own)).then(function (sealed) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([sealed], { type: "application/json" }));
      link.download = "bai-lam-" + form.dataset.attempt + ".json";
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
})();
