/* The invigilator's table renews itself every five seconds; the button that has the focus keeps it. */
(function () {
  "use strict";

  var place = document.getElementById("console");
  if (!place) { return; }
  var stale = document.getElementById("console-stale");

  function renew() {
    if (document.visibilityState !== "visible") { return; }
    fetch(place.dataset.address, { credentials: "same-origin", cache: "no-store" }).then(function (response) {
      if (!response.ok || response.redirected) { throw new Error("away"); }
      return response.text();
    }).then(function (text) {
      var focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : "";
      var scroll = place.querySelector(".table-scroll");
      var left = scroll ? scroll.scrollLeft : 0;
      place.innerHTML = text;
      if (focused && document.getElementById(focused)) { document.getElementById(focused).focus(); }
      if (left) { place.querySelector(".table-scroll").scrollLeft = left; }
      stale.hidden = true;
    }).catch(function () { stale.hidden = false; });
  }

  setInterval(renew, 5000);
  document.addEventListener("visibilitychange", renew);
})();
