import Notes from "/reveal/plugin/notes.mjs";
import Reveal from "/reveal/reveal.mjs";

await new Reveal({
  plugins: [Notes],
  width: 1280,
  height: 720,
  margin: 0,
  minScale: 0.1,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  backgroundTransition: "none",
  pdfSeparateFragments: false,
}).initialize();
