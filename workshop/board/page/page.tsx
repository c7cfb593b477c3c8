import { render } from "preact";
import { App } from "./app.tsx";
import "./page.css";
import "./table.css";
import "./cards.css";

const root = document.getElementById("board");
if (root === null) throw new Error("expected an element #board in the page");
render(<App />, root);
