/* Shows of the question form what its type needs. Without it everything is shown, under headings that say for what. */
(function () {
  "use strict";

  var type = document.getElementById("id_type");
  if (!type) { return; }

  function show() {
    document.querySelectorAll("[data-for-types]").forEach(function (part) {
      part.hidden = part.dataset.forTypes.split(" ").indexOf(type.value) === -1;
    });
  }

  type.addEventListener("change", show);
  show();
})();
