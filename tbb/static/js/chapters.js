/* Chapters of a recording: a press plays from there, in the page. Without scripts the link opens the film there. */
(() => {
  "use strict";
  const film = document.getElementById("film");
  if (!film) return;
  for (const link of document.querySelectorAll("[data-seconds]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      film.currentTime = Number(link.dataset.seconds);
      film.play();
      film.focus();
    });
})();
