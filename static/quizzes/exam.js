/* The exam with a script: saves at every change, goes on without a connection, moves without loading a page.
   The server decides everything that counts: time, what is saved, what is late. Leaving the page hands nothing in. */
(function () {
  "use strict";

  var PREFIX = "exam:";

  // --- The copy on this computer: of one account and one attempt, gone at the end -----------------------

  var store = {
    read: function (key) {
      try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (error) { return {}; }
    },
    write: function (key, value) {
      try {
        if (Object.keys(value).length) { localStorage.setItem(key, JSON.stringify(value)); }
        else { localStorage.removeItem(key); }
      } catch (error) { /* full or switched off: the server's copy is the one that counts */ }
    },
    wipeAllBut: function (kept) {
      try {
        Object.keys(localStorage).forEach(function (key) {
          if (key.indexOf(PREFIX) === 0 && key !== kept) { localStorage.removeItem(key); }
        });
      } catch (error) { /* switched off */ }
    },
  };

  var form = document.getElementById("exam");
  if (!form) {
    if (document.querySelector("[data-attempt-over]")) { store.wipeAllBut(null); }
    return;
  }

  var key = PREFIX + form.dataset.user + ":" + form.dataset.attempt;
  store.wipeAllBut(key);
  var pending = store.read(key);
  var words = form.dataset;
  var fieldsets = {};
  form.querySelectorAll("fieldset.question").forEach(function (fieldset) {
    fieldsets[fieldset.dataset.number] = fieldset;
    fieldset.disabled = false;
  });
  var current = form.elements.cau;
  var first = current.value;
  var buttons = document.querySelectorAll(".question-map__item");
  var live = document.getElementById("exam-live");
  var notice = document.getElementById("exam-notice");
  var saved = document.getElementById("exam-saved");
  document.querySelectorAll("[data-needs-script]").forEach(function (element) { element.hidden = false; });

  function say(text) { live.textContent = text; }

  function tell(text) {
    notice.querySelector("p").textContent = text;
    notice.hidden = !text;
  }

  // --- What is on the page ------------------------------------------------------------------------------

  function inputs(number) { return fieldsets[number].querySelectorAll(".option input"); }

  function typed(number) { return fieldsets[number].querySelector(".typed__input"); }

  /* The fields of a question of several parts: lists, and gaps to type in. */
  function parts(number) { return Array.from(fieldsets[number].querySelectorAll("[data-part]")); }

  function isTypedIn(element) { return element.matches(".typed__input, .gap__input"); }

  function chosen(number) {
    var fields = parts(number);
    if (fields.length) {
      var values = fields.map(function (part) { return part.value.trim(); });
      return values.some(Boolean) ? values : [];
    }
    var field = typed(number);
    if (field) { return field.value.trim() ? [field.value.trim()] : []; }
    return Array.from(inputs(number)).filter(function (i) { return i.checked; }).map(function (i) { return i.value; });
  }

  function isFlagged(number) { return fieldsets[number].dataset.flagged === "1"; }

  function put(number, response, flagged) {
    var field = typed(number);
    if (field) { field.value = response[0] || ""; }
    parts(number).forEach(function (part, place) {
      if (!part.options) { part.value = response[place] || ""; return; }
      part.value = "";
      Array.from(part.options).forEach(function (option) {
        if (option.value && response.indexOf(option.value) !== -1) { part.value = option.value; }
      });
    });
    arrange(fieldsets[number].querySelector("[data-order]"));
    tellOtherFile(number);
    inputs(number).forEach(function (input) { input.checked = response.indexOf(input.value) !== -1; });
    fieldsets[number].dataset.flagged = flagged ? "1" : "0";
    paint(number);
  }

  /* Lines to be put in order stand in the order of their places, those without one last. */
  function arrange(list) {
    if (!list) { return; }
    Array.from(list.children).sort(function (one, other) {
      return (placeOf(one) || Infinity) - (placeOf(other) || Infinity) || 0;
    }).forEach(function (line) { list.append(line); });
  }

  function placeOf(line) { return line.querySelector("[data-part]").selectedIndex; }

  /* Moved to a place, every line gets the place at which it stands then. */
  function moveLine(list, line, place) {
    var others = Array.from(list.children).filter(function (other) { return other !== line; });
    others.splice(place - 1, 0, line);
    others.forEach(function (other, at) {
      list.append(other);
      other.querySelector("[data-part]").selectedIndex = at + 1;
    });
    say(list.dataset.wordMoved.replace("{item}", line.querySelector(".order__text").textContent.trim())
      .replace("{n}", place));
  }

  // --- Files: sent when they are chosen; one that did not arrive stays chosen and is sent again ----------------

  var shownFiles = {};
  document.querySelectorAll("[data-upload]").forEach(function (place) {
    var number = place.closest("fieldset.question").dataset.number;
    shownFiles[number] = place.querySelector("[data-part]").value;
  });

  /* The answer names another file than the one whose name stands here. */
  function tellOtherFile(number) {
    var place = fieldsets[number].querySelector("[data-upload]");
    if (place && place.querySelector("[data-part]").value !== shownFiles[number]) {
      place.querySelector("[data-upload-state]").textContent = place.dataset.wordElsewhere;
    }
  }

  function send(place) {
    var number = place.closest("fieldset.question").dataset.number;
    var input = place.querySelector("input[type=file]");
    var state = place.querySelector("[data-upload-state]");
    var file = input.files[0];
    if (!file || isOver || place.dataset.sending) { return; }
    var body = new FormData();
    body.append("tep", file);
    body.append("s" + number, Math.max(Date.now(), Number(fieldsets[number].dataset.sequence) + 1));
    body.append("csrfmiddlewaretoken", token());
    var call = new XMLHttpRequest();
    place.dataset.sending = "1";
    call.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) { return; }
      state.textContent = place.dataset.wordSending.replace("{name}", file.name)
        .replace("{percent}", Math.floor(event.loaded * 100 / event.total));
    });
    call.addEventListener("loadend", function () {
      delete place.dataset.sending;
      arrived(place, number, call, file);
    });
    call.open("POST", place.dataset.upload);
    call.setRequestHeader("Accept", "application/json");
    call.send(body);
  }

  function arrived(place, number, call, file) {
    var state = place.querySelector("[data-upload-state]");
    var data = null;
    try { data = JSON.parse(call.responseText); } catch (error) { /* no answer of ours: a line that broke, a sign-in page */ }
    if (data && data.result) { location.assign(data.result); return; }
    if (data && data.error) {
      // What is refused is refused again: it must not be sent, nor hold the page.
      place.querySelector("input[type=file]").value = "";
      state.textContent = data.error;
      return;
    }
    if (!data || call.status !== 200) { state.textContent = place.dataset.wordFailed; refresh().catch(function () {}); return; }
    place.querySelector("input[type=file]").value = "";
    fieldsets[number].dataset.sequence = Math.max(Number(fieldsets[number].dataset.sequence), data.sequence);
    synchronise(data.remaining);
    if (data.late) { state.textContent = place.dataset.wordLate; return; }
    // A mark for review that is still to be sent goes with the new file.
    if (pending[number]) { pending[number].response = [data.sha256]; pending[number].sequence = data.sequence + 1; }
    place.querySelector("[data-part]").value = shownFiles[number] = data.sha256;
    var link = document.createElement("a");
    link.href = data.address;
    link.textContent = data.name;
    place.querySelector("[data-file-now]").replaceChildren(link);
    state.textContent = place.dataset.wordDone.replace("{time}", data.saved_at).replace("{name}", file.name);
    paint(number);
  }

  /* How the server read a number; only the server knows the rule. */
  function tellReading(number, text) {
    var place = fieldsets[number].querySelector("[data-read]");
    if (place && text !== undefined) { place.textContent = text; }
  }

  function paint(number) {
    var answered = chosen(number).length > 0;
    var flagged = isFlagged(number);
    var button = buttons[number - 1];
    button.classList.toggle("is-answered", answered);
    button.classList.toggle("is-flagged", flagged);
    button.querySelector(".visually-hidden").textContent =
      ", " + (answered ? words.wordAnswered : words.wordOpen) + (flagged ? ", " + words.wordFlagged : "");
    var flag = fieldsets[number].querySelector("[data-flag]");
    flag.querySelector("span").textContent = flagged ? words.wordUnflag : words.wordFlag;
    document.getElementById("exam-answered").textContent = document.querySelectorAll(
      ".question-map__item.is-answered").length;
  }

  /* Each question is a step of the browser's own way back: Back leads to the question before. */
  function show(number) {
    if (!fieldsets[number]) { return; }
    if (String(number) !== current.value) { history.pushState(null, "", "?cau=" + number); }
    turnTo(number);
  }

  function turnTo(number) {
    Object.keys(fieldsets).forEach(function (other) { fieldsets[other].hidden = other !== String(number); });
    buttons.forEach(function (button) {
      if (button.value === String(number)) { button.setAttribute("aria-current", "true"); }
      else { button.removeAttribute("aria-current"); }
    });
    current.value = number;
    document.getElementById("exam-stay").value = number;
    var field = typed(number);
    var option = fieldsets[number].querySelector(".option input:checked") || inputs(number)[0];
    var target = field || option || parts(number)[0];
    if (target) { target.focus(); }
  }

  // --- Saving: one request at a time, newest state of each question, tried until it is acknowledged -------

  var isSending = false;
  var failures = 0;
  var retry = null;
  var isOver = false;

  // A page that is being left may be followed by one that was written before the last answer arrived: then only the
  // copy on this computer still has it, and the next page drops the copy once it has seen the same number.
  var isLeaving = false;
  window.addEventListener("beforeunload", function () { isLeaving = true; });

  /* Kept on this computer at every key, sent when the typing pauses. */
  var typing = null;

  function tellUnsent() {
    saved.hidden = true;
    document.dispatchEvent(new CustomEvent("exam:unsent", { detail: failures }));
    tell(words.wordOffline.replace("{n}", Object.keys(pending).length));
  }

  function keep(number) {
    clearTimeout(typing);
    change(number, true);
    typing = setTimeout(flush, 1200);
  }

  function change(number, isTyping) {
    var last = Math.max(Number(fieldsets[number].dataset.sequence), (pending[number] || {}).sequence || 0);
    pending[number] = {
      number: Number(number),
      response: chosen(number),
      flagged: isFlagged(number),
      sequence: Math.max(Date.now(), last + 1),
    };
    store.write(key, pending);
    paint(number);
    if (failures) { tellUnsent(); }
    if (!isTyping) { clearTimeout(typing); flush(); }
  }

  function token(value) {
    var input = form.elements.csrfmiddlewaretoken;
    if (value) { input.value = value; }
    return input.value;
  }

  function request(url, options) {
    return fetch(url, Object.assign({ credentials: "same-origin", cache: "no-store" }, options));
  }

  function flush() {
    var numbers = Object.keys(pending);
    if (isSending) { return; }
    if (!numbers.length) { whenSaved(); return; }
    clearTimeout(retry);
    isSending = true;
    var sent = pending[numbers[0]], turn = ++asked;
    request(words.save, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(sent),
    }).then(function (response) {
      return answered(response, sent, turn);
    }).then(function () {
      isSending = false;
      flush();
    }, function (problem) {
      isSending = false;
      if (problem && problem.isFinal) { return; }
      failures += 1;
      tellUnsent();
      retry = setTimeout(flush, Math.min(15000, 500 * Math.pow(2, failures)));
    });
  }

  function drop(sent) {
    var now = pending[sent.number];
    if (now && now.sequence === sent.sequence) { delete pending[sent.number]; }
    if (!isLeaving) { store.write(key, pending); }
  }

  function answered(response, sent, turn) {
    if (response.status === 403) { return refresh().then(function () { throw new Error("again"); }); }
    refuseOutsiders(response);
    if (response.status >= 500 || response.status === 429) { throw new Error("away"); }
    return response.json().then(function (data) {
      if (response.status === 423) { lock(data.error); throw final(); }
      if (response.status === 410) { store.write(key, pending = {}); location.assign(data.result); throw final(); }
      drop(sent);
      // One state at a time: "saved" stands there again when everything is.
      if (!Object.keys(pending).length) { failures = 0; }
      if (response.status === 409) { stale(data, sent, turn); return; }
      if (!response.ok) { tell(data.error || ""); return; }
      fieldsets[sent.number].dataset.sequence = Math.max(Number(fieldsets[sent.number].dataset.sequence), sent.sequence);
      var more = synchronise(data.remaining);
      if (!pending[sent.number]) { tellReading(sent.number, data.read); }
      if (failures) { tellUnsent(); return; }
      if (!Object.keys(pending).length) { document.dispatchEvent(new CustomEvent("exam:unsent", { detail: 0 })); }
      tell(data.late ? words.wordLate : more);
      // Too late with time left: the clock stands still.
      if (data.late && data.remaining > 0) { lookedAt = -Infinity; lookAgain(); }
      if (!data.late) {
        saved.hidden = false;
        saved.querySelector("span").textContent = words.wordSaved.replace("{time}", data.saved_at);
      }
    });
  }

  function final() {
    var problem = new Error("final");
    problem.isFinal = true;
    return problem;
  }

  // --- Signed out meanwhile: one signs in again on this page, which keeps what it still has to send ---------

  var door = document.getElementById("exam-sign-in");
  var isOutside = false;

  function signedOut() {
    isOutside = true;
    saved.hidden = true;
    tell(words.wordSignedOut);
    if (door.hidden) {
      door.hidden = false;
      // On a telephone the question may fill the screen: what happened and the field are brought into view.
      notice.scrollIntoView({ block: "start" });
    }
    throw final();
  }

  /* Three share a computer: this browser belongs to the account that signed in last. */
  function somebodyElse() {
    isOutside = true;
    saved.hidden = true;
    door.hidden = true;
    tell(words.wordSomebodyElse);
    throw final();
  }

  function refuseOutsiders(response) {
    if (response.status === 401) { signedOut(); }
    if (response.status === 404) { somebodyElse(); }
  }

  /* Signed in again, here or in another window. */
  function comeBack() {
    isOutside = false;
    door.hidden = true;
    door.elements.password.value = "";
    sayAtDoor("");
    tell("");
    failures = 0;
    flush();
  }

  function sayAtDoor(text) {
    var line = door.querySelector("[role=alert]");
    line.textContent = text;
    line.hidden = !text;
  }

  /* The sign-in page of the site, asked without leaving this one; what it refuses it says in its own words. */
  function enter() {
    return request(door.action).then(function (response) {
      // Whoever is signed in already is led on.
      if (response.redirected) { return refresh(); }
      return response.text().then(function (page) {
        var found = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]");
        var body = new URLSearchParams({ csrfmiddlewaretoken: found.value, login: door.elements.login.value,
          password: door.elements.password.value, next: location.pathname });
        return request(door.action, { method: "POST", headers: { "X-Requested-With": "XMLHttpRequest" }, body: body });
      }).then(function (response) {
        return response.json().then(function (data) {
          if (response.ok && data.location !== location.pathname) { location.assign(data.location); throw final(); }
          if (response.ok) { return refresh(); }
          door.elements.password.value = "";
          sayAtDoor(refusals(data).join(" ") || words.wordNotYet);
          door.elements.password.focus({ preventScroll: true });
          door.scrollIntoView({ block: "start" });
          throw final();
        });
      });
    });
  }

  function refusals(data) {
    var form = data.form || {};
    return Object.keys(form.fields || {}).reduce(function (found, name) {
      return found.concat(form.fields[name].errors);
    }, form.errors || []);
  }

  door.addEventListener("submit", function (event) {
    event.preventDefault();
    sayAtDoor("");
    enter().catch(function (problem) {
      if (!problem.isFinal) { sayAtDoor(words.wordNotYet); }
    });
  });

  function stale(data, sent, turn) {
    take(data, turn);
    tell(words.wordStale);
    if (sent.number !== Number(current.value)) { show(sent.number); }
  }

  /* The server's newest state; what this page still has to send stays as it is. Says whether anything was newer. */
  function take(data, turn) {
    var isNewer = false;
    token(data.csrf_token);
    if (data.held_elsewhere) { lock(words.wordElsewhere); }
    else { hearClock(data, turn); }
    data.answers.forEach(function (answer) {
      var known = Number(fieldsets[answer.number].dataset.sequence);
      // An older state may arrive after the answer to a save that went out later.
      if (answer.sequence < known) { return; }
      fieldsets[answer.number].dataset.sequence = answer.sequence;
      if (!pending[answer.number]) {
        isNewer = isNewer || answer.sequence > known;
        put(answer.number, answer.response, answer.flagged);
        tellReading(answer.number, answer.read);
      }
    });
    return isNewer;
  }

  // Answers may overtake each other: of the clock the page believes that to what it asked last.
  var asked = 0;
  var heard = 0;

  function hearClock(data, turn) {
    if (turn < heard) { return; }
    heard = turn;
    synchronise(data.remaining);
    standStill(data.paused, data.remaining);
  }

  /* Somebody who comes back to this window sees what she did in another one, or that she handed in there. */
  var lookedAt = -Infinity;

  function lookAgain() {
    if (isOver || document.visibilityState !== "visible" || performance.now() - lookedAt < 2000) { return; }
    lookedAt = performance.now();
    refresh().then(function (news) {
      if (news.isHandedIn) { whenSaved = function () { location.assign(words.result); }; flush(); }
      else if (news.isNewer) { tell(words.wordNewer); }
    }).catch(function () {});
  }

  var lookedAtAll = 0;

  /* What is asked every few seconds; somebody who is signed out comes back by her own doing. */
  function keepLooking() {
    if (isOutside) { return; }
    if (form.dataset.event) { lookAtClock(); } else { lookAgain(); }
  }

  function lookAtClock() {
    if (isOver || document.visibilityState !== "visible") { return; }
    lookedAtAll = (lookedAtAll + 1) % 3;
    if (lookedAtAll === 0) { lookAgain(); return; }
    var turn = ++asked;
    request(words.save + "?gio=1").then(function (response) {
      if (!response.ok) { lookAgain(); return; }
      response.json().then(function (data) {
        if (data.finished || data.held_elsewhere) { lookAgain(); return; }
        hearClock(data, turn);
      });
    }).catch(function () {});
  }

  function refresh() {
    var turn = ++asked;
    return request(words.save).then(function (response) {
      refuseOutsiders(response);
      return response.json().then(function (data) {
        if (!response.ok) { throw new Error("away"); }
        if (isOutside) { comeBack(); }
        return { isNewer: take(data, turn), isHandedIn: data.finished && data.remaining > 0 };
      });
    });
  }

  // --- Time: the server's remaining seconds and the monotonic clock ----------------------------------------

  var end = 0;
  var warned = { 300: false, 60: false };
  var clock = document.getElementById("exam-clock");

  var standing = null;

  /* An invigilator stopped the clock: until it runs again nothing can be changed, nor read on. */
  function standStill(isPaused, remaining) {
    if (isPaused) { standing = remaining; setDisabled(true); setCovered(true); tell(words.wordPaused); return; }
    if (standing === null) { return; }
    standing = null;
    setDisabled(false);
    setCovered(false);
    tell("");
  }

  /* The questions and the list of them, hidden from the eye and from screen readers alike. */
  function setCovered(isCovered) {
    [form, document.getElementById("map-title").parentElement].forEach(function (part) { part.hidden = isCovered; });
  }

  function setDisabled(isDisabled) {
    Object.keys(fieldsets).forEach(function (number) { fieldsets[number].disabled = isDisabled; });
  }

  /* The test goes on at another computer: what stands here can only be read. */
  function lock(text) {
    isOver = true;
    saved.hidden = true;
    setDisabled(true);
    tell(text);
    say(text);
  }

  /* Somebody who sees her clock jump has to know that it is right. Answers with what was told, "" for nothing. */
  function synchronise(remaining) {
    var before = end;
    end = performance.now() + remaining * 1000;
    var minutes = Math.round((end - before) / 60000);
    if (before === 0 || minutes < 1 || standing !== null) { return ""; }
    var text = words.wordMore.replace("{n}", minutes);
    warned = { 300: false, 60: false };
    tell(text);
    say(text);
    return text;
  }

  function tick() {
    var left = standing !== null ? standing : Math.max(0, Math.ceil((end - performance.now()) / 1000));
    clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    clock.classList.toggle("is-last-minutes", left <= 300);
    if (left <= 300 && left > 60 && !warned[300]) { warned[300] = true; say(words.wordFive); }
    if (left <= 60 && left > 0 && !warned[60]) { warned[60] = true; say(words.wordOne); }
    if (left === 0 && !isOver) { timeIsUp(); }
  }

  function timeIsUp() {
    isOver = true;
    setDisabled(true);
    say(words.wordOver);
    tell(words.wordOver);
    whenSaved = handInByTimer;
    flush();
  }

  function handInByTimer() {
    var body = new URLSearchParams({ cause: "timer", csrfmiddlewaretoken: token() });
    request(words.submit, { method: "POST", headers: { Accept: "application/json" }, body: body })
      .then(function (response) {
        if (response.redirected) { location.assign(words.result); return null; }
        if (response.status === 403) { return refresh().then(function () { throw new Error("again"); }); }
        return response.json();
      })
      .then(function (data) {
        if (!data) { return; }
        if (data.result) { location.assign(data.result); return; }
        // The server's clock says there is time left.
        isOver = false;
        whenSaved = function () {};
        setDisabled(false);
        tell("");
        synchronise(data.remaining);
      })
      .catch(function (problem) {
        if (!problem.isFinal) { setTimeout(handInByTimer, 3000); }
      });
  }

  var whenSaved = function () {};

  // --- What the learner does ----------------------------------------------------------------------------------

  form.addEventListener("change", function (event) {
    var fieldset = event.target.closest("fieldset.question");
    if (event.target.type === "file") { send(event.target.closest("[data-upload]")); return; }
    // What was typed and is kept already was only waiting to be sent.
    if (fieldset && isTypedIn(event.target)) { clearTimeout(typing); flush(); return; }
    var list = event.target.closest("[data-order]");
    if (list && event.target.selectedIndex > 0) {
      moveLine(list, event.target.closest("li"), event.target.selectedIndex);
      event.target.focus();
    }
    if (fieldset) { change(fieldset.dataset.number); }
  });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-move]");
    if (!button || isOver) { return; }
    var line = button.closest("li");
    var list = line.parentNode;
    var place = Array.from(list.children).indexOf(line) + 1 + Number(button.dataset.move);
    moveLine(list, line, Math.min(Math.max(place, 1), list.children.length));
    button.focus();
    change(button.closest("fieldset.question").dataset.number);
  });

  form.addEventListener("input", function (event) {
    if (isTypedIn(event.target)) {
      keep(event.target.closest("fieldset.question").dataset.number);
    }
  });

  form.addEventListener("submit", function (event) {
    var button = event.submitter;
    event.preventDefault();
    if (!button || isOver) { return; }
    if (button.hasAttribute("data-send")) {
      send(button.closest("[data-upload]"));
    } else if (button.hasAttribute("data-flag")) {
      var number = current.value;
      fieldsets[number].dataset.flagged = isFlagged(number) ? "0" : "1";
      change(number);
    } else if (button.value === "check") {
      whenSaved = check;
      flush();
    } else if (button.value === "submit") {
      whenSaved = function () { location.assign(words.submit); };
      flush();
    } else {
      whenSaved = function () {};
      clearTimeout(typing);
      flush();
      show(Number(button.value));
    }
  });

  /* What is right is told by the server in a page of its own: the saved answer is posted again under its number. */
  function check() {
    var number = current.value;
    var go = document.createElement("input");
    go.type = "hidden";
    go.name = "go";
    go.value = "check";
    form.elements["s" + number].value = Math.max(Date.now(), Number(fieldsets[number].dataset.sequence) + 1);
    form.append(go);
    form.submit();
  }

  document.addEventListener("keydown", function (event) {
    if (event.target.matches && event.target.matches(".typed__input, [data-part], #exam-sign-in *")) { return; }
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) { return; }
    var input = inputs(current.value)[Number(event.key) - 1];
    if (input && !isOver) { event.preventDefault(); input.focus(); input.click(); }
  });

  window.addEventListener("online", function () {
    failures = 0;
    flush();
    document.querySelectorAll("[data-upload]").forEach(send);
  });
  // A file that was chosen and has not arrived would be lost with the page.
  window.addEventListener("beforeunload", function (event) {
    var isUnsent = Array.from(document.querySelectorAll("[data-upload] input[type=file]")).some(function (input) {
      return input.files.length;
    });
    if (isUnsent && !isOver) { event.preventDefault(); }
  });
  // The monotonic clock may stand still while the computer sleeps.
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("focus", lookAgain);
  // Time that is added or taken away meanwhile shows within 20 seconds, also to somebody who only reads; before an
  // invigilator a pause within 5. What is asked so often is the clock alone.
  setInterval(keepLooking, form.dataset.event ? 5000 : 15000);

  window.addEventListener("popstate", function () {
    var number = new URLSearchParams(location.search).get("cau") || first;
    if (!fieldsets[number] || isOver) { return; }
    clearTimeout(typing);
    flush();
    turnTo(Number(number));
  });

  Object.keys(pending).forEach(function (number) {
    if (!fieldsets[number] || pending[number].sequence <= Number(fieldsets[number].dataset.sequence)) {
      delete pending[number];
    } else {
      put(number, pending[number].response, pending[number].flagged);
    }
  });
  store.write(key, pending);
  if (document.getElementById("checked")) { document.getElementById("checked").focus(); }
  synchronise(Number(words.remaining));
  setInterval(tick, 500);
  tick();
  flush();
})();
